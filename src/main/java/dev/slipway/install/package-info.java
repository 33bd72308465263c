/// This machine's set-up: up, down, status, doctor and the demo.
@NullMarked
package dev.slipway.install;

import org.jspecify.annotations.NullMarked;
