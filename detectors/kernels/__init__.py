"""Numba kernels: arrays in, arrays out. The public functions that call them stand one folder up."""
