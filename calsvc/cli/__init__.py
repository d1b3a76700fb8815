"""The command line: ``calsvc serve``, ``feed``, ``links``, ``keys``, ``municipality``.

Input: arguments and the environment.
Must not depend on: the way in which anything is computed. It calls the packages below.
"""
