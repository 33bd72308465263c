/// The way to addresses that users name: which of them this installation may reach, whom it trusts
/// there, requests by HTTP, and connections for whatever else. Log drains, webhooks and tarballs to
/// build go by it.
@NullMarked
package dev.slipway.outbound;

import org.jspecify.annotations.NullMarked;
