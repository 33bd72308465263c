package dev.slipway.provider;

import java.util.List;

/// A cloud that rents out machines. Everything it makes carries a mark of the installation, and it
/// touches nothing that does not. Each method may be repeated: what is there already stays.
///
/// @see Ec2Provider
public interface Provider extends AutoCloseable {
  /// By which commands name it, such as `aws`.
  String name();

  /// Where its machines are.
  String region();

  /// Looks up what a machine of that kind would be. Changes nothing.
  Offer offer(MachineOrder order);

  /// All machines of this installation that are not gone. Changes nothing.
  List<Machine> machines();

  /// Lets in what a fleet needs and nothing else: SSH from the managers, HTTP from anywhere, and
  /// Swarm's ports from hosts and managers.
  ///
  /// @param managers addresses
  /// @return whether anything was changed
  boolean secure(Offer offer, List<String> managers);

  /// Makes the SSH key known that opens machines.
  ///
  /// @return whether it was not known yet
  boolean admit(String publicKey);

  /// Makes a machine. The same request again gives the same machine, even where nobody heard the
  /// first answer.
  Machine launch(Launch launch);

  /// How the machine is now.
  Machine look(String id);

  /// Ends the machine for good, with its disk. One that is gone already stays so.
  ///
  /// @throws dev.slipway.core.UserError where it is not of this installation
  void end(String id);

  /// Removes what machines of this installation share, when the last one is gone.
  ///
  /// @return whether that is so, and nothing is left
  boolean clear();

  @Override
  void close();
}
