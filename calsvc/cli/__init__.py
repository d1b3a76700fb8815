"""The command line: ``calsvc serve``, ``feed``, ``links``, ``keys``, ``municipality``.

Input: arguments and the environment.
Must not depend on: how the results are computed. It calls the packages below.
"""
