/// Whatever this installation sends to addresses that its users name: which of them it may reach,
/// whom it trusts there, and requests by HTTP. Log drains and webhooks stand on it.
@NullMarked
package dev.slipway.outbound;

import org.jspecify.annotations.NullMarked;
