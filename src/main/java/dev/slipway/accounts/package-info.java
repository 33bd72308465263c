/// Who may use this installation: accounts with their passwords, tokens and SSH keys, and who comes
/// with one of these. Imports only the store; knows nothing of apps.
@NullMarked
package dev.slipway.accounts;

import org.jspecify.annotations.NullMarked;
