package dev.slipway.testing;

import static java.util.Objects.requireNonNull;

import dev.slipway.testing.Ec2StandIn.Xml;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an account of Amazon EC2 has: a default network, two images of Debian 12 for each
/// processor, and what is made by requests. Thread-safe.
public final class Ec2Account {
  private static final String NETWORK = "vpc-0default";
  private static final Map<String, String> TYPES =
      Map.of("c7g.large", "arm64", "c7i.large", "x86_64", "t3.medium", "x86_64");

  private final Hardware hardware;
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final Map<String, Key> keys = new LinkedHashMap<>();
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private final Map<String, String> tokens = new HashMap<>();
  private int made;
  private int hidden;

  Ec2Account(Hardware hardware) {
    this.hardware = hardware;
  }

  /// What the account's machines are made of.
  public interface Hardware {
    /// Starts a machine, and returns its address when it runs; null for one that never does.
    @Nullable String boot(Instance instance);

    /// Ends it.
    void end(Instance instance);

    /// Machines that are nothing but records.
    static Hardware ofRecords() {
      return new Hardware() {
        private int booted;

        @Override
        public String boot(Instance instance) {
          return "10.0.0." + (10 + ++booted);
        }

        @Override
        public void end(Instance instance) {}
      };
    }
  }

  /// What AWS says no with.
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String code;
    private final int status;

    Refused(String code, String message, int status) {
      super(message);
      this.code = code;
      this.status = status;
    }

    int status() {
      return status;
    }

    String xml() {
      var error =
          Xml.element("Error", Xml.text("Code", code), Xml.text("Message", "" + getMessage()));
      return Xml.element("Response", Xml.element("Errors", error), Xml.text("RequestID", "0-test"));
    }
  }

  /// A machine. `request` is what it was asked for with, by the names of AWS's parameters.
  public static final class Instance {
    private final String id;
    private final Map<String, String> request;
    private final Map<String, String> tags;
    private volatile String state = "pending";
    private volatile @Nullable String address;

    Instance(String id, Map<String, String> request, Map<String, String> tags) {
      this.id = id;
      this.request = request;
      this.tags = tags;
    }

    /// Its id.
    public String id() {
      return id;
    }

    /// A parameter of its request, or an empty text.
    public String asked(String name) {
      return request.getOrDefault(name, "");
    }

    /// Its tags.
    public Map<String, String> tags() {
      return tags;
    }

    /// In AWS's words.
    public String state() {
      return state;
    }

    /// What cloud-init gets.
    public String userData() {
      return new String(Base64.getDecoder().decode(asked("UserData")), StandardCharsets.UTF_8);
    }
  }

  private record Key(String name, String material, Map<String, String> tags) {}

  private static final class Group {
    private final String id;
    private final String name;
    private final String network;
    private final Map<String, String> tags;
    private final List<Rule> rules = new ArrayList<>();

    Group(String id, String name, String network, Map<String, String> tags) {
      this.id = id;
      this.name = name;
      this.network = network;
      this.tags = tags;
    }
  }

  /// A way into a group.
  private record Rule(String protocol, String port, String kind, String source, String note) {
    /// Nothing but the note may differ in the same rule.
    boolean isSame(Rule other) {
      return protocol.equals(other.protocol)
          && port.equals(other.port)
          && source.equals(other.source);
    }

    @Override
    public String toString() {
      return protocol + "/" + port + " " + source;
    }
  }

  /// All machines that there ever were.
  public synchronized List<Instance> instances() {
    return List.copyOf(instances.values());
  }

  /// Those that are not ended.
  public synchronized List<Instance> alive() {
    return instances.values().stream()
        .filter(each -> each.state.equals("pending") || each.state.equals("running"))
        .toList();
  }

  /// What may come into the group of that name, one rule a line; empty where there is none.
  public synchronized List<String> rules(String group) {
    return groups.values().stream()
        .filter(each -> each.name.equals(group))
        .flatMap(each -> each.rules.stream())
        .map(Rule::toString)
        .sorted()
        .toList();
  }

  /// The names of all groups and key pairs.
  public synchronized List<String> shared() {
    var names = new ArrayList<String>();
    groups.values().forEach(each -> names.add(each.name));
    names.addAll(keys.keySet());
    return names;
  }

  /// A machine that somebody else has made.
  public Instance strange(String installation, String host) {
    var tags = Map.of("slipway:installation", installation, "slipway:host", host);
    return boot(Map.of("InstanceType", "c7i.large"), tags);
  }

  /// The next two times that somebody lists machines, none is found: AWS needs some seconds to know
  /// what it has made.
  public void hide() {
    hidden = 2;
  }

  /// As if somebody ended it by hand.
  public void end(Instance instance) {
    instance.state = "terminated";
  }

  String answer(String action, Map<String, String> form) {
    return switch (action) {
      case "DescribeInstanceTypes" -> describeTypes(form);
      case "DescribeImages" -> describeImages(form);
      case "DescribeVpcs" ->
          Xml.items("vpcSet", List.of(Xml.text("vpcId", NETWORK) + Xml.text("isDefault", "true")));
      case "DescribeSubnets" -> describeSubnets(form);
      case "DescribeSecurityGroups" -> describeGroups(form);
      case "CreateSecurityGroup" -> createGroup(form);
      case "AuthorizeSecurityGroupIngress" -> authorize(form);
      case "RevokeSecurityGroupIngress" -> revoke(form);
      case "DeleteSecurityGroup" -> deleteGroup(form);
      case "DescribeKeyPairs" -> describeKeys(form);
      case "ImportKeyPair" -> importKey(form);
      case "DeleteKeyPair" -> deleteKey(form);
      case "RunInstances" -> run(form);
      case "DescribeInstances" -> describeInstances(form);
      case "TerminateInstances" -> terminate(form);
      default -> throw new Refused("InvalidAction", "no action " + action, 400);
    };
  }

  private static String describeTypes(Map<String, String> form) {
    var type = form.getOrDefault("InstanceType.1", "");
    var processor = TYPES.get(type);
    if (processor == null) {
      throw new Refused(
          "InvalidInstanceType",
          "The following supplied instance types do not exist: [" + type + "]",
          400);
    }
    var architectures = Xml.items("supportedArchitectures", List.of(processor));
    return Xml.items(
        "instanceTypeSet",
        List.of(Xml.text("instanceType", type) + Xml.element("processorInfo", architectures)));
  }

  private static String describeImages(Map<String, String> form) {
    var found = new ArrayList<String>();
    for (var processor : List.of("arm64", "x86_64")) {
      var debian = processor.equals("arm64") ? "arm64" : "amd64";
      for (var day : List.of("20260901", "20261116", "20260301")) {
        var id = "ami-" + debian + "-" + day;
        var name = "debian-12-" + debian + "-" + day + "-1";
        var matches =
            filters(form).entrySet().stream()
                .allMatch(filter ->
                    switch (filter.getKey()) {
                      case "name" -> anyMatches(filter.getValue(), name);
                      case "architecture" -> filter.getValue().contains(processor);
                      default -> true;
                    });
        if (matches
            && form.getOrDefault("Owner.1", "136693071363").equals("136693071363")
            && form.getOrDefault("ImageId.1", id).equals(id)) {
          found.add(
              Xml.text("imageId", id)
                  + Xml.text("name", name)
                  + Xml.text("architecture", processor)
                  + Xml.text("imageState", "available")
                  + Xml.text("rootDeviceName", "/dev/xvda")
                  + Xml.text(
                      "creationDate",
                      "%s-%s-%sT00:00:00.000Z"
                          .formatted(day.substring(0, 4), day.substring(4, 6), day.substring(6))));
        }
      }
    }
    if (found.isEmpty() && form.containsKey("ImageId.1")) {
      throw new Refused("InvalidAMIID.NotFound", "The image id does not exist", 400);
    }
    return Xml.items("imagesSet", found);
  }

  /// With AWS's asterisks.
  private static boolean anyMatches(List<String> patterns, String text) {
    return patterns.stream()
        .anyMatch(pattern -> text.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q")));
  }

  private static String describeSubnets(Map<String, String> form) {
    var id = form.getOrDefault("SubnetId.1", "");
    if (!id.equals("subnet-1")) {
      throw new Refused(
          "InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist", 400);
    }
    return Xml.items("subnetSet", List.of(Xml.text("subnetId", id) + Xml.text("vpcId", NETWORK)));
  }

  private synchronized String describeGroups(Map<String, String> form) {
    return Xml.items(
        "securityGroupInfo",
        groups.values().stream()
            .filter(each ->
                isAsked(form, each.tags, Map.of("group-name", each.name, "vpc-id", each.network)))
            .map(Ec2Account::xml)
            .toList());
  }

  private static String xml(Group group) {
    return Xml.text("groupId", group.id)
        + Xml.text("groupName", group.name)
        + Xml.text("vpcId", group.network)
        + Xml.items("ipPermissions", group.rules.stream().map(Ec2Account::xml).toList())
        + tagSet(group.tags);
  }

  private static String xml(Rule rule) {
    var name =
        switch (rule.kind) {
          case "Groups" -> "groupId";
          case "IpRanges" -> "cidrIp";
          default -> "cidrIpv6";
        };
    var set =
        switch (rule.kind) {
          case "Groups" -> "groups";
          case "IpRanges" -> "ipRanges";
          default -> "ipv6Ranges";
        };
    return Xml.text("ipProtocol", rule.protocol)
        + Xml.text("fromPort", rule.port)
        + Xml.text("toPort", rule.port)
        + Xml.items(set, List.of(Xml.text(name, rule.source) + Xml.text("description", rule.note)));
  }

  private synchronized String createGroup(Map<String, String> form) {
    var name = form.getOrDefault("GroupName", "");
    var network = form.getOrDefault("VpcId", NETWORK);
    if (groups.values().stream().anyMatch(each -> each.name.equals(name))) {
      throw new Refused(
          "InvalidGroup.Duplicate", "The security group '" + name + "' already exists", 400);
    }
    var group = new Group("sg-" + ++made, name, network, tags(form, "security-group"));
    groups.put(group.id, group);
    return Xml.text("return", "true") + Xml.text("groupId", group.id);
  }

  private synchronized String authorize(Map<String, String> form) {
    var group = group(form);
    for (var rule : rules(form)) {
      if (group.rules.stream().anyMatch(rule::isSame)) {
        throw new Refused("InvalidPermission.Duplicate", "the specified rule already exists", 400);
      }
      group.rules.add(rule);
    }
    return Xml.text("return", "true");
  }

  private synchronized String revoke(Map<String, String> form) {
    var group = group(form);
    for (var rule : rules(form)) {
      if (!group.rules.removeIf(rule::isSame)) {
        throw new Refused("InvalidPermission.NotFound", "The specified rule does not exist", 400);
      }
    }
    return Xml.text("return", "true");
  }

  private static List<Rule> rules(Map<String, String> form) {
    var rules = new ArrayList<Rule>();
    for (var n = 1; form.containsKey("IpPermissions." + n + ".IpProtocol"); n++) {
      var permission = "IpPermissions." + n + ".";
      for (var kind : List.of("Groups.1.GroupId", "IpRanges.1.CidrIp", "Ipv6Ranges.1.CidrIpv6")) {
        var source = form.get(permission + kind);
        if (source != null) {
          var set = kind.substring(0, kind.indexOf('.'));
          rules.add(
              new Rule(
                  form.getOrDefault(permission + "IpProtocol", ""),
                  form.getOrDefault(permission + "FromPort", ""),
                  set,
                  source,
                  form.getOrDefault(permission + set + ".1.Description", "")));
        }
      }
    }
    if (rules.isEmpty()) {
      throw new Refused("MissingParameter", "no rule in " + form, 400);
    }
    return rules;
  }

  private Group group(Map<String, String> form) {
    var group = groups.get(form.getOrDefault("GroupId", ""));
    if (group == null) {
      throw new Refused("InvalidGroup.NotFound", "The security group does not exist", 400);
    }
    return group;
  }

  private synchronized String deleteGroup(Map<String, String> form) {
    var group = group(form);
    var used =
        instances.values().stream()
            .anyMatch(each ->
                !each.state.equals("terminated")
                    && each.asked("SecurityGroupId.1").equals(group.id));
    if (used) {
      throw new Refused(
          "DependencyViolation", "resource " + group.id + " has a dependent object", 400);
    }
    groups.remove(group.id);
    return Xml.text("return", "true");
  }

  private synchronized String describeKeys(Map<String, String> form) {
    return Xml.items(
        "keySet",
        keys.values().stream()
            .filter(each -> isAsked(form, each.tags, Map.of("key-name", each.name)))
            .map(each ->
                Xml.text("keyName", each.name)
                    + Xml.text("publicKey", each.material + " comment\n")
                    + tagSet(each.tags))
            .toList());
  }

  private synchronized String importKey(Map<String, String> form) {
    var name = form.getOrDefault("KeyName", "");
    if (keys.containsKey(name)) {
      throw new Refused("InvalidKeyPair.Duplicate", "The keypair already exists", 400);
    }
    var material =
        new String(
            Base64.getDecoder().decode(form.getOrDefault("PublicKeyMaterial", "")),
            StandardCharsets.UTF_8);
    if (!material.startsWith("ssh-ed25519 ")) {
      throw new Refused("InvalidKey.Format", "Key is not in valid OpenSSH public key format", 400);
    }
    keys.put(name, new Key(name, material, tags(form, "key-pair")));
    return Xml.text("keyName", name) + Xml.text("keyPairId", "key-1");
  }

  private synchronized String deleteKey(Map<String, String> form) {
    keys.remove(form.getOrDefault("KeyName", ""));
    return Xml.text("return", "true");
  }

  /// The public key of the pair of that name.
  public synchronized String key(String name) {
    return requireNonNull(keys.get(name)).material();
  }

  private String run(Map<String, String> form) {
    return Xml.text("reservationId", "r-1")
        + Xml.items("instancesSet", List.of(xml(instanceFor(form))));
  }

  private synchronized Instance instanceFor(Map<String, String> form) {
    var token = form.getOrDefault("ClientToken", "");
    var known =
        instances.values().stream()
            .filter(each -> !token.isEmpty() && token.equals(each.asked("ClientToken")))
            .findFirst();
    if (known.isPresent()) {
      if (!form.toString().equals(tokens.get(token))) {
        throw new Refused(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent",
            400);
      }
      return known.get();
    }
    if (!groups.containsKey(form.getOrDefault("SecurityGroupId.1", ""))
        || !keys.containsKey(form.getOrDefault("KeyName", ""))) {
      throw new Refused("InvalidParameterValue", "no such group or key pair", 400);
    }
    tokens.put(token, form.toString());
    return boot(form, tags(form, "instance"));
  }

  private synchronized Instance boot(Map<String, String> form, Map<String, String> tags) {
    var instance = new Instance("i-0%03d".formatted(++made), new TreeMap<>(form), tags);
    instances.put(instance.id, instance);
    Thread.ofVirtual()
        .start(() -> {
          var address = hardware.boot(instance);
          if (address != null && instance.state.equals("pending")) {
            instance.address = address;
            instance.state = "running";
          }
        });
    return instance;
  }

  private synchronized String describeInstances(Map<String, String> form) {
    if (hidden > 0) {
      hidden--;
      return Xml.items("reservationSet", List.of());
    }
    return Xml.items(
        "reservationSet",
        instances.values().stream()
            .filter(each ->
                isAsked(
                    form,
                    each.tags,
                    Map.of("instance-id", each.id, "instance-state-name", each.state)))
            .map(each ->
                Xml.text("reservationId", "r-1") + Xml.items("instancesSet", List.of(xml(each))))
            .toList());
  }

  private synchronized String terminate(Map<String, String> form) {
    var instance = instances.get(form.getOrDefault("InstanceId.1", ""));
    if (instance == null) {
      throw new Refused("InvalidInstanceID.NotFound", "The instance ID does not exist", 400);
    }
    if (!instance.state.equals("terminated")) {
      instance.state = "shutting-down";
      Thread.ofVirtual()
          .start(() -> {
            hardware.end(instance);
            instance.state = "terminated";
          });
    }
    return Xml.items(
        "instancesSet",
        List.of(
            Xml.text("instanceId", instance.id)
                + Xml.element("currentState", Xml.text("name", instance.state))));
  }

  private static String xml(Instance instance) {
    var address = instance.address;
    return Xml.text("instanceId", instance.id)
        + Xml.text("imageId", instance.asked("ImageId"))
        + Xml.element("instanceState", Xml.text("name", instance.state))
        + Xml.text("instanceType", instance.asked("InstanceType"))
        + (address == null ? "" : Xml.text("privateIpAddress", address))
        + tagSet(instance.tags);
  }

  private static String tagSet(Map<String, String> tags) {
    return Xml.items(
        "tagSet",
        tags.entrySet().stream()
            .map(tag -> Xml.text("key", tag.getKey()) + Xml.text("value", tag.getValue()))
            .toList());
  }

  private static Map<String, String> tags(Map<String, String> form, String kind) {
    var tags = new TreeMap<String, String>();
    for (var n = 1; form.containsKey("TagSpecification." + n + ".ResourceType"); n++) {
      var specification = "TagSpecification." + n + ".";
      if (kind.equals(form.get(specification + "ResourceType"))) {
        for (var m = 1; form.containsKey(specification + "Tag." + m + ".Key"); m++) {
          tags.put(
              form.getOrDefault(specification + "Tag." + m + ".Key", ""),
              form.getOrDefault(specification + "Tag." + m + ".Value", ""));
        }
      }
    }
    return tags;
  }

  /// Whether all filters let it pass: those by tag, and those by what else it is known by.
  private static boolean isAsked(
      Map<String, String> form, Map<String, String> tags, Map<String, String> known) {
    Predicate<Map.Entry<String, List<String>>> passes =
        filter -> {
          var name = filter.getKey();
          var value = name.startsWith("tag:") ? tags.get(name.substring(4)) : known.get(name);
          return value != null && filter.getValue().contains(value);
        };
    return filters(form).entrySet().stream().allMatch(passes);
  }

  private static Map<String, List<String>> filters(Map<String, String> form) {
    var filters = new HashMap<String, List<String>>();
    for (var n = 1; form.containsKey("Filter." + n + ".Name"); n++) {
      var values = new ArrayList<String>();
      for (var m = 1; form.containsKey("Filter." + n + ".Value." + m); m++) {
        values.add(form.getOrDefault("Filter." + n + ".Value." + m, ""));
      }
      filters.put(form.getOrDefault("Filter." + n + ".Name", ""), values);
    }
    return filters;
  }
}
