package main

import (
	"log"
	"os"
)

func getenv(key, fallback string) string {
	if value, ok := os.LookupEnv(key); ok {
		return value
	}
	return fallback
}

func main() {
	addr := getenv("LISTEN_ADDR", ":8080")
	host := getenv("CLICKHOUSE_HOST", "localhost")
	user := getenv("CLICKHOUSE_USER", "default")
	password := os.Getenv("CLICKHOUSE_PASSWORD")
	level := getenv("LOG_LEVEL", "info")
	interval := getenv("FLUSH_INTERVAL", "5s")
	batch := getenv("BATCH_SIZE", "1000")
	token, ok := os.LookupEnv("INGEST_TOKEN")
	if !ok {
		log.Fatal("INGEST_TOKEN is not set")
	}
	log.Println(addr, host, user, password, level, interval, batch, token)
}
