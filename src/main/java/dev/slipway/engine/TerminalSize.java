package dev.slipway.engine;

/// How large a terminal's window is, in characters.
public record TerminalSize(int columns, int rows) {}
