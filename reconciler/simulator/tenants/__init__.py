"""Tenants to start from: the sample, and generated ones of any size."""
