"""An independent exact oracle: explicit coordinates, independent standard normals, double factorials.

Nothing here imports the engine; only the symbol classes of symicl.algebra.symbols are recognised.
"""
