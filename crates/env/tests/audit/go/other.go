package main

var addr = getEnv("METRICS_ADDR", ":9090")
