"""The calculation of utility bills by Rules 354 and LC 155: pure functions over plain data.

Knows neither database nor clock. Inside, volumes are whole litres (0.001 m³) and sums whole kopecks, so that
nothing is ever lost to binary fractions; `units` converts at the edge. Read `closing` first, then what it calls.
"""
