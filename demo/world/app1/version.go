package main

// version is what this source is published as; Makefile reads it here.
const version = "0.0.0"
