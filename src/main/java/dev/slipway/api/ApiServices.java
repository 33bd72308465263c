package dev.slipway.api;

import dev.slipway.accounts.Accounts;
import dev.slipway.addons.Addons;
import dev.slipway.apps.Apps;
import dev.slipway.apps.Features;
import dev.slipway.certificates.Certificates;
import dev.slipway.deploy.PushedImages;
import dev.slipway.drains.Drains;
import dev.slipway.observe.Fleet;
import dev.slipway.observe.Logs;
import dev.slipway.oneoff.OneOffs;
import dev.slipway.outbound.Outbound;
import dev.slipway.pipelines.Pipelines;
import dev.slipway.pipelines.Promotions;
import dev.slipway.postgres.Databases;
import dev.slipway.release.Releases;
import dev.slipway.setups.AppSetups;
import dev.slipway.source.GitRepositories;
import dev.slipway.source.Uploads;
import dev.slipway.webhooks.Webhooks;
import java.time.Clock;

/// What the API stands in front of.
///
/// @param operations whatever changes running apps
/// @param repositories the apps' code, pushed by git
/// @param uploads tarballs that were sent here
/// @param outbound the way to tarballs that lie elsewhere
/// @param oneOffs commands that are run once
/// @param databases what is asked of databases beside what add-ons are
/// @param fleet the hosts
/// @param pushedImages what docker clients push and pull
public record ApiServices(
    Accounts accounts,
    Apps apps,
    Features features,
    Certificates certificates,
    Releases releases,
    Logs logs,
    Operations operations,
    GitRepositories repositories,
    Uploads uploads,
    Outbound outbound,
    OneOffs oneOffs,
    PushedImages pushedImages,
    Drains drains,
    Webhooks webhooks,
    Pipelines pipelines,
    Promotions promotions,
    Addons addons,
    Databases databases,
    AppSetups setups,
    Fleet fleet,
    Clock clock) {}
