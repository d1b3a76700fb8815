"""The command line: ``calsvc serve``, ``feed``, ``links``, ``keys``, ``municipality``.

Input: arguments and the environment.
Must not depend on: how anything is computed; it calls the packages below.
"""
