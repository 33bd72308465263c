package dev.slipway.provider;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.UserError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.HttpTokensState;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataEndpointState;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/// Machines of Amazon EC2. What it makes carries the tag `slipway:installation`, and a machine also
/// `slipway:host`. Credentials come from where all AWS tools look for them.
public final class Ec2Provider implements Provider {
  /// By which commands name it.
  public static final String NAME = "aws";

  static final String INSTALLATION_TAG = "slipway:installation";
  static final String HOST_TAG = "slipway:host";

  /// The account from which Debian publishes its images.
  private static final String DEBIAN = "136693071363";

  private static final Duration RELEASED_WITHIN = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final List<InstanceStateName> NOT_GONE =
      List.of(
          InstanceStateName.PENDING,
          InstanceStateName.RUNNING,
          InstanceStateName.STOPPING,
          InstanceStateName.STOPPED);

  private final Ec2Client client;
  private final String region;
  private final String installation;
  private final Ec2Firewall firewall;
  private final Prices prices = Prices.ofAws();

  Ec2Provider(Ec2Client client, String region, String installation) {
    this.client = client;
    this.region = region;
    this.installation = installation;
    this.firewall = new Ec2Firewall(client, installation);
  }

  /// With the credentials that the environment, a profile or the machine itself has.
  ///
  /// @param region such as `eu-central-1`, or null for what environment or profile say
  /// @param installation whose machines they are
  public static Ec2Provider open(@Nullable String region, String installation) {
    var where = region == null ? usualRegion() : region;
    var client =
        Ec2Client.builder()
            .region(Region.of(where))
            .credentialsProvider(DefaultCredentialsProvider.builder().build())
            .httpClient(UrlConnectionHttpClient.create())
            .overrideConfiguration(patient())
            .build();
    return new Ec2Provider(client, where, installation);
  }

  /// AWS refuses what comes too fast and means: later.
  static ClientOverrideConfiguration patient() {
    return ClientOverrideConfiguration.builder()
        .retryStrategy(RetryMode.STANDARD)
        .retryStrategy(strategy -> strategy.maxAttempts(6))
        .build();
  }

  private static String usualRegion() {
    try {
      return new DefaultAwsRegionProviderChain().getRegion().id();
    } catch (SdkClientException e) {
      throw problem(
          ErrorCode.INVALID_PARAMS,
          "There is no word of which region is meant",
          null,
          "--region eu-central-1, or set AWS_REGION");
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String region() {
    return region;
  }

  @Override
  public Offer offer(MachineOrder order) {
    var architecture = architecture(order.type());
    var image = image(order.image(), architecture);
    return new Offer(
        order,
        architecture.equals("arm64") ? "aarch64" : architecture,
        image.imageId(),
        image.name(),
        image.rootDeviceName(),
        order.subnet(),
        network(order.subnet()),
        prices.of(region, order.type(), order.diskGigabytes()));
  }

  private String architecture(String type) {
    var found =
        Ec2Problems.ask(
            () -> client.describeInstanceTypes(ask -> ask.instanceTypesWithStrings(type)));
    return found
        .instanceTypes()
        .getFirst()
        .processorInfo()
        .supportedArchitecturesAsStrings()
        .stream()
        .filter(each -> each.equals("arm64") || each.equals("x86_64"))
        .findFirst()
        .orElseThrow(() ->
            problem(
                ErrorCode.INVALID_PARAMS, type + " has a processor of no known kind", null, null));
  }

  private Image image(@Nullable String id, String architecture) {
    var images = id == null ? newestDebian(architecture) : imageOf(id);
    var image = images.stream().max(Comparator.comparing(Image::creationDate));
    return image
        .filter(each -> each.architectureAsString().equals(architecture))
        .orElseThrow(() ->
            problem(
                ErrorCode.INVALID_PARAMS,
                image.isPresent()
                    ? id + " is an image for " + image.get().architectureAsString()
                    : "There is no image to start from",
                image.isPresent()
                    ? "the type has " + architecture
                    : id == null ? "Debian 12 for " + architecture + " is not in " + region : id,
                "--image takes the id of another"));
  }

  private List<Image> newestDebian(String architecture) {
    var name = "debian-12-%s-2*".formatted(architecture.equals("x86_64") ? "amd64" : architecture);
    return Ec2Problems.ask(() ->
            client.describeImages(ask ->
                ask.owners(DEBIAN)
                    .filters(
                        filter("name", name),
                        filter("architecture", architecture),
                        filter("state", "available"))))
        .images();
  }

  private List<Image> imageOf(String id) {
    return Ec2Problems.ask(() -> client.describeImages(ask -> ask.imageIds(id))).images();
  }

  private String network(@Nullable String subnet) {
    if (subnet != null) {
      return Ec2Problems.ask(() -> client.describeSubnets(ask -> ask.subnetIds(subnet)))
          .subnets()
          .getFirst()
          .vpcId();
    }
    var usual =
        Ec2Problems.ask(() -> client.describeVpcs(ask -> ask.filters(filter("is-default", "true"))))
            .vpcs();
    if (usual.isEmpty()) {
      throw problem(
          ErrorCode.INVALID_PARAMS,
          "The account has no default VPC in " + region,
          null,
          "--subnet takes the id of a network that reaches this machine");
    }
    return usual.getFirst().vpcId();
  }

  @Override
  public List<Machine> machines() {
    return found(
            filter(
                "instance-state-name",
                NOT_GONE.stream().map(InstanceStateName::toString).toArray(String[]::new)))
        .stream()
        .sorted(Comparator.comparing(Machine::host))
        .toList();
  }

  private List<Machine> found(Filter also) {
    var all = new ArrayList<Machine>();
    Ec2Problems.ask(() -> {
      client
          .describeInstancesPaginator(
              ask -> ask.filters(filter("tag:" + INSTALLATION_TAG, installation), also))
          .reservations()
          .forEach(each -> each.instances().forEach(instance -> all.add(machine(instance))));
      return all;
    });
    return all;
  }

  @Override
  public boolean secure(Offer offer, List<String> managers) {
    return firewall.ensure(offer.network(), managers);
  }

  @Override
  public boolean admit(String publicKey) {
    var name = sharedName(installation);
    var known =
        Ec2Problems.ask(() ->
                client.describeKeyPairs(
                    ask -> ask.includePublicKey(true).filters(filter("key-name", name))))
            .keyPairs();
    if (!known.isEmpty()) {
      var key = known.getFirst();
      requireOurs(key.tags(), "The key pair " + name);
      if (keyOf(key.publicKey()).equals(keyOf(publicKey))) {
        return false;
      }
      // Machines that were made with it keep it: it is copied to them when they start.
      Ec2Problems.ask(() -> client.deleteKeyPair(ask -> ask.keyName(name)));
    }
    Ec2Problems.ask(() ->
        client.importKeyPair(ask ->
            ask.keyName(name)
                .publicKeyMaterial(
                    software.amazon.awssdk.core.SdkBytes.fromUtf8String(publicKey.strip()))
                .tagSpecifications(
                    tags(ResourceType.KEY_PAIR, Map.of(INSTALLATION_TAG, installation)))));
    return true;
  }

  /// Kind and key, without the comment.
  private static String keyOf(@Nullable String publicKey) {
    var words = publicKey == null ? new String[0] : publicKey.strip().split("\\s+", 3);
    return words.length < 2 ? "" : words[0] + " " + words[1];
  }

  private void requireOurs(List<Tag> tags, String what) {
    if (!tags.contains(tag(INSTALLATION_TAG, installation))) {
      throw problem(
          ErrorCode.CONFLICT,
          what + " is there and not of this installation",
          "its tag " + INSTALLATION_TAG + " is another or missing",
          "See whose it is, and remove it in AWS if nobody needs it.");
    }
  }

  @Override
  public Machine launch(Launch launch) {
    var made = Ec2Problems.ask(() -> client.runInstances(request(launch)));
    return machine(made.instances().getFirst());
  }

  private RunInstancesRequest request(Launch launch) {
    var offer = launch.offer();
    var marks =
        Map.of(
            INSTALLATION_TAG,
            installation,
            HOST_TAG,
            launch.host(),
            "Name",
            "slipway " + launch.host());
    return RunInstancesRequest.builder()
        .clientToken(launch.token())
        .minCount(1)
        .maxCount(1)
        .instanceType(offer.order().type())
        .imageId(offer.image())
        .subnetId(offer.subnet())
        .keyName(sharedName(installation))
        .securityGroupIds(firewall.id(offer.network()))
        .userData(base64(launch.userData().reveal()))
        .metadataOptions(options ->
            options
                .httpEndpoint(InstanceMetadataEndpointState.ENABLED)
                .httpTokens(HttpTokensState.REQUIRED)
                .httpPutResponseHopLimit(1))
        .blockDeviceMappings(disk(offer))
        .tagSpecifications(tags(ResourceType.INSTANCE, marks), tags(ResourceType.VOLUME, marks))
        .build();
  }

  private static BlockDeviceMapping disk(Offer offer) {
    return BlockDeviceMapping.builder()
        .deviceName(offer.rootDevice())
        .ebs(disk ->
            disk.volumeType(VolumeType.GP3)
                .volumeSize(offer.order().diskGigabytes())
                .deleteOnTermination(true))
        .build();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// What AWS does not find yet is about to be: it may take some seconds.
  @Override
  public Machine look(String id) {
    return found(filter("instance-id", id)).stream()
        .findFirst()
        .orElseGet(() -> new Machine(id, "", "", Machine.State.PENDING, null));
  }

  @Override
  public void end(String id) {
    var reservations =
        Ec2Problems.ask(
                () -> client.describeInstances(ask -> ask.filters(filter("instance-id", id))))
            .reservations();
    for (var instance : reservations.stream().flatMap(each -> each.instances().stream()).toList()) {
      requireOurs(instance.tags(), "The machine " + id);
      if (machine(instance).state() != Machine.State.GONE) {
        Ec2Problems.ask(() -> client.terminateInstances(ask -> ask.instanceIds(id)));
      }
    }
  }

  @Override
  public boolean clear() {
    if (!machines().isEmpty()) {
      return false;
    }
    var name = sharedName(installation);
    var ours = filter("tag:" + INSTALLATION_TAG, installation);
    var keys =
        Ec2Problems.ask(
                () -> client.describeKeyPairs(ask -> ask.filters(filter("key-name", name), ours)))
            .keyPairs();
    if (!keys.isEmpty()) {
      Ec2Problems.ask(() -> client.deleteKeyPair(ask -> ask.keyName(name)));
    }
    // Machines that are about to end keep the group for a while.
    if (!until(firewall::remove)) {
      throw problem(
          ErrorCode.UNAVAILABLE,
          "The security group " + name + " is still in use",
          "the machines have not ended within "
              + RELEASED_WITHIN.toMinutes()
              + " minutes, or"
              + " something else uses it",
          "It costs nothing; remove it in AWS when it is free.");
    }
    return true;
  }

  private static boolean until(BooleanSupplier condition) {
    var end = System.nanoTime() + RELEASED_WITHIN.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    client.close();
  }

  /// The name of group and key pair.
  static String sharedName(String installation) {
    return "slipway-" + installation.substring(0, Math.min(12, installation.length()));
  }

  static Filter filter(String name, String... values) {
    return Filter.builder().name(name).values(values).build();
  }

  static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  static TagSpecification tags(ResourceType type, Map<String, String> marks) {
    var tags =
        marks.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(mark -> tag(mark.getKey(), mark.getValue()))
            .toList();
    return TagSpecification.builder().resourceType(type).tags(tags).build();
  }

  private static Machine machine(Instance instance) {
    var host =
        instance.tags().stream()
            .filter(tag -> tag.key().equals(HOST_TAG))
            .map(Tag::value)
            .findFirst()
            .orElse("");
    return new Machine(
        instance.instanceId(),
        host,
        instance.instanceTypeAsString(),
        state(instance.state().name()),
        instance.privateIpAddress());
  }

  private static Machine.State state(InstanceStateName name) {
    return switch (name) {
      case PENDING -> Machine.State.PENDING;
      case RUNNING -> Machine.State.RUNNING;
      case STOPPING, STOPPED -> Machine.State.STOPPED;
      case SHUTTING_DOWN, TERMINATED, UNKNOWN_TO_SDK_VERSION -> Machine.State.GONE;
    };
  }

  private static UserError problem(
      ErrorCode code, String what, @Nullable String why, @Nullable String hint) {
    return new UserError(new Problem(code, what, why, hint));
  }
}
