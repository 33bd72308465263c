/// What the API answers, as records in Heroku's shapes: written as JSON in snake case.
@NullMarked
package dev.slipway.api.model;

import org.jspecify.annotations.NullMarked;
