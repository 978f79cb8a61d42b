"""The billing contract, recorded"""
