package dev.slipway.provider;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/// The security group that all machines of an installation are in. Rules that Slipway made say so;
/// those of others stay as they are.
final class Ec2Firewall {
  /// By this it knows its own rules.
  private static final String OURS = "made by slipway";

  private static final String ANYWHERE = "0.0.0.0/0";
  private static final String ANYWHERE_6 = "::/0";

  private final Ec2Client client;
  private final String installation;

  /// By network. AWS may take some seconds until it finds what it made.
  private final Map<String, String> made = new HashMap<>();

  Ec2Firewall(Ec2Client client, String installation) {
    this.client = client;
    this.installation = installation;
  }

  /// A way in: from a block of addresses, or from another member of the group.
  private record Rule(String protocol, int port, String source) {
    IpPermission permission() {
      var permission = IpPermission.builder().ipProtocol(protocol).fromPort(port).toPort(port);
      if (source.startsWith("sg-")) {
        permission.userIdGroupPairs(
            UserIdGroupPair.builder().groupId(source).description(OURS).build());
      } else if (source.contains(":")) {
        permission.ipv6Ranges(Ipv6Range.builder().cidrIpv6(source).description(OURS).build());
      } else {
        permission.ipRanges(IpRange.builder().cidrIp(source).description(OURS).build());
      }
      return permission.build();
    }
  }

  /// Makes the group where it is missing, opens what is closed, and closes what Slipway once opened
  /// and nobody needs now, such as the way in from a manager's earlier address.
  ///
  /// @return whether anything was changed
  boolean ensure(String network, List<String> managers) {
    var known = find(network);
    var id = known.map(SecurityGroup::groupId).orElseGet(() -> make(network));
    var wanted = wanted(id, managers);
    var ours = known.map(group -> rules(group, true)).orElse(List.of());
    var all = known.map(group -> rules(group, false)).orElse(List.of());
    var missing = wanted.stream().filter(rule -> !all.contains(rule)).toList();
    var stale = ours.stream().filter(rule -> !wanted.contains(rule)).toList();
    missing.forEach(rule -> open(id, rule));
    if (!stale.isEmpty()) {
      Ec2Problems.ask(() ->
          client.revokeSecurityGroupIngress(
              ask -> ask.groupId(id).ipPermissions(stale.stream().map(Rule::permission).toList())));
    }
    return known.isEmpty() || !missing.isEmpty() || !stale.isEmpty();
  }

  private static List<Rule> wanted(String group, List<String> managers) {
    var rules = new ArrayList<Rule>();
    for (var port : List.of(80, 443)) {
      rules.add(new Rule("tcp", port, ANYWHERE));
      rules.add(new Rule("tcp", port, ANYWHERE_6));
    }
    var members = new ArrayList<>(List.of(group));
    for (var manager : managers) {
      members.add(manager + "/32");
      rules.add(new Rule("tcp", 22, manager + "/32"));
    }
    for (var member : members) {
      rules.add(new Rule("tcp", 2377, member));
      rules.add(new Rule("tcp", 7946, member));
      rules.add(new Rule("udp", 7946, member));
      rules.add(new Rule("udp", 4789, member));
    }
    return rules;
  }

  /// The ways in that the group has, one by one.
  private static List<Rule> rules(SecurityGroup group, boolean oursOnly) {
    var rules = new ArrayList<Rule>();
    for (var each : group.ipPermissions()) {
      var port = each.fromPort();
      if (port == null || !port.equals(each.toPort())) {
        continue;
      }
      each.ipRanges().stream()
          .filter(range -> !oursOnly || OURS.equals(range.description()))
          .forEach(range -> rules.add(new Rule(each.ipProtocol(), port, range.cidrIp())));
      each.ipv6Ranges().stream()
          .filter(range -> !oursOnly || OURS.equals(range.description()))
          .forEach(range -> rules.add(new Rule(each.ipProtocol(), port, range.cidrIpv6())));
      each.userIdGroupPairs().stream()
          .filter(pair -> !oursOnly || OURS.equals(pair.description()))
          .forEach(pair -> rules.add(new Rule(each.ipProtocol(), port, pair.groupId())));
    }
    return rules;
  }

  private void open(String group, Rule rule) {
    try {
      client.authorizeSecurityGroupIngress(
          ask -> ask.groupId(group).ipPermissions(rule.permission()));
    } catch (Ec2Exception e) {
      if (!Ec2Problems.isCalled(e, "InvalidPermission.Duplicate")) {
        throw Ec2Problems.explained(e);
      }
    }
  }

  private String make(String network) {
    var name = Ec2Provider.sharedName(installation);
    var group =
        Ec2Problems.ask(() ->
                client.createSecurityGroup(ask ->
                    ask.groupName(name)
                        .description("Hosts of a Slipway fleet")
                        .vpcId(network)
                        .tagSpecifications(
                            Ec2Provider.tags(
                                ResourceType.SECURITY_GROUP,
                                Map.of(Ec2Provider.INSTALLATION_TAG, installation)))))
            .groupId();
    made.put(network, group);
    return group;
  }

  /// The group's id in that network.
  String id(String network) {
    return Optional.ofNullable(made.get(network))
        .or(() -> find(network).map(SecurityGroup::groupId))
        .orElseThrow(() ->
            new UserError(
                new Problem(
                    ErrorCode.UNAVAILABLE,
                    "The security group is gone",
                    "somebody removed it right now",
                    "Run this again.")));
  }

  private Optional<SecurityGroup> find(String network) {
    return ours().stream().filter(group -> group.vpcId().equals(network)).findFirst();
  }

  private List<SecurityGroup> ours() {
    return Ec2Problems.ask(() ->
            client.describeSecurityGroups(ask ->
                ask.filters(
                    Ec2Provider.filter("group-name", Ec2Provider.sharedName(installation)),
                    Ec2Provider.filter("tag:" + Ec2Provider.INSTALLATION_TAG, installation))))
        .securityGroups();
  }

  /// Removes the group from every network where it is.
  ///
  /// @return whether it is gone; not while a machine is in it
  boolean remove() {
    for (var group : ours()) {
      try {
        client.deleteSecurityGroup(ask -> ask.groupId(group.groupId()));
      } catch (Ec2Exception e) {
        if (Ec2Problems.isCalled(e, "DependencyViolation")) {
          return false;
        }
        if (!Ec2Problems.isCalled(e, "InvalidGroup.NotFound")) {
          throw Ec2Problems.explained(e);
        }
      }
    }
    return true;
  }
}
