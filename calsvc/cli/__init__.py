"""The command line: ``calsvc serve``, ``feed``, ``links``, ``keys``, ``municipality``.

Takes: arguments and the environment.
Must never know: how anything is computed; it calls the packages below.
"""
