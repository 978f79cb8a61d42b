"""What the contracts answer, recorded"""
