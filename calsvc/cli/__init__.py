"""The command line: ``calsvc serve``, ``feed``, ``links``, ``keys``, ``municipality``.

Input: arguments and the environment.
Must not compute anything: it calls the packages below.
"""
