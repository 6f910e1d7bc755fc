"""An invented college to try everything on, made through the same services that people use.

Everybody and everything in it is made up. Made here, on the top floor, because it walks the whole way to HR.
"""
