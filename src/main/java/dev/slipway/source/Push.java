package dev.slipway.source;

import dev.slipway.core.AccountId;
import dev.slipway.core.AppId;

/// A push to an app's main branch, which is to be built before it is accepted.
///
/// @param commit the commit's id
/// @param code the commit's files
public record Push(AppId app, AccountId by, String commit, Checkout code) {}
