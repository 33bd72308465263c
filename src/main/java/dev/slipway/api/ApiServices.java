package dev.slipway.api;

import dev.slipway.accounts.Accounts;
import dev.slipway.apps.Apps;
import dev.slipway.observe.Logs;
import dev.slipway.pipelines.Pipelines;
import dev.slipway.pipelines.Promotions;
import dev.slipway.release.Releases;
import dev.slipway.source.GitRepositories;
import dev.slipway.source.Uploads;
import java.time.Clock;

/// What the API stands in front of.
///
/// @param operations whatever changes running apps
/// @param repositories the apps' code, pushed by git
/// @param uploads tarballs that were sent here
public record ApiServices(
    Accounts accounts,
    Apps apps,
    Releases releases,
    Logs logs,
    Operations operations,
    GitRepositories repositories,
    Uploads uploads,
    Pipelines pipelines,
    Promotions promotions,
    Clock clock) {}
