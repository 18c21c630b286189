"""The division tree: province, city, county, town, village; dated, with its recodings.

A region is its 12-digit statistical code as an integer; everything below it lies in one half-open range of codes.
"""
