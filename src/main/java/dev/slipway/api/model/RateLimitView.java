package dev.slipway.api.model;

/// How many requests are left.
public record RateLimitView(int remaining) {}
