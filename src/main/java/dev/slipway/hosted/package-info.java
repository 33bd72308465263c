/// What add-ons have in common that keep data on one host's disk: their containers and addresses,
/// turns at the work on them, rounds that bring about what is written down, and the question
/// whether anything still has a credential. What they are stands in packages of their own.
@NullMarked
package dev.slipway.hosted;

import org.jspecify.annotations.NullMarked;
