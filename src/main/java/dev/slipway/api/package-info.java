/// The HTTP edge that speaks Heroku's Platform API, and git over HTTP.
@NullMarked
package dev.slipway.api;

import org.jspecify.annotations.NullMarked;
