/// Webhooks: what happens to an app, told to URLs that its owner names. Events come from whoever
/// listens to `apps`, already in Heroku's shape; deliveries leave by `outbound`.
@NullMarked
package dev.slipway.webhooks;

import org.jspecify.annotations.NullMarked;
