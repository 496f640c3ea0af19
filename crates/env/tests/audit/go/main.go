// Package main: os.Getenv("IN_A_COMMENT") is not a read.
package main

import (
	"cmp"
	"os"

	"github.com/spf13/viper"
)

const (
	dsnName        = "DATABASE_DSN"
	region  string = "AWS_REGION_NAME"
)

type Config struct {
	Port    int    `env:"PORT" envDefault:"8080"`
	Secret  string `json:"secret" env:"SESSION_SECRET,required"`
	Level   string `envconfig:"LOG_LEVEL" default:"info"`
	Queue   string `envconfig:"QUEUE_URL" required:"true"`
	Bucket  string `env:"BUCKET, default=uploads"`
	Ignored string `json:"env"`
}

func load() Config {
	dsn := os.Getenv(dsnName)
	/* os.Getenv("ALSO_OUT") */
	host, ok := os.LookupEnv("HOST")
	where := os.Getenv(region)
	mode := cmp.Or(os.Getenv("MODE"), "fast")
	text := `os.Getenv("IN_A_RAW_TEXT")`
	quote := '"'
	os.Setenv("WRITTEN", "1")
	viper.SetEnvPrefix("app")
	viper.BindEnv("id")
	viper.BindEnv("db.host", "DB_HOST", "DATABASE_HOST")
	dynamic := os.Getenv("PREFIX_" + host)
	return Config{Level: getEnv("FORMAT", "json")}
}

func getEnv(key, fallback string) string {
	if value, ok := os.LookupEnv(key); ok {
		return value
	}
	return fallback
}
