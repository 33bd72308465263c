package dev.slipway.install;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.UserError;
import dev.slipway.provider.Ec2Provider;
import dev.slipway.provider.MachineOrder;
import dev.slipway.provider.Provider;
import dev.slipway.testing.CloudConfig;
import dev.slipway.testing.Ec2Account;
import dev.slipway.testing.Ec2Account.Hardware;
import dev.slipway.testing.Ec2StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Machines made by AWS's own client at a stand-in for EC2.
class MachineCreationTest {
  private static final String OURS = "installationofours1234567";
  private static final String SHARED = "slipway-installation";
  private static final MachineCreation.Patience PATIENCE =
      new MachineCreation.Patience(Duration.ofSeconds(2), Duration.ofMillis(20));

  private @TempDir Path directory;
  private Ec2StandIn aws = new Ec2StandIn(Hardware.ofRecords());

  @BeforeEach
  void point() {
    aws.attract();
  }

  @AfterEach
  void close() {
    aws.close();
  }

  private static Provider provider() {
    return Ec2Provider.open("eu-central-1", OURS);
  }

  private static HostOrder order(int count) {
    return new HostOrder(
        "aws", null, new MachineOrder("c7i.large", null, null, 30), "web", count, null, Map.of());
  }

  private MachineCreation creation(Provider provider, HostOrder order, String manager) {
    return new MachineCreation(provider, order, List.of(manager), directory, PATIENCE);
  }

  private MachineCreation create(int count) {
    return create(count, "10.0.0.1");
  }

  private MachineCreation create(int count, String manager) {
    try (var provider = provider()) {
      var creation = creation(provider, order(count), manager);
      creation.plan("x86_64");
      Steps.run(creation.steps(), new StepDetails(_ -> {}), "again");
      return creation;
    }
  }

  private ErrorCode refused(int count) {
    return assertThrows(UserError.class, () -> create(count)).problem().code();
  }

  @Test
  void aPlanChangesNothing() {
    try (var provider = provider()) {
      var plan = creation(provider, order(2), "10.0.0.1").plan("x86_64");
      assertEquals("ami-amd64-20261116", plan.image());
      assertEquals(2, plan.missing());
      assertNull(plan.monthlyDollars());
      assertTrue(plan.cost().contains("in us-east-1 each costs 67.55 USD"), plan.cost());
    }
    assertTrue(aws.calls().stream().allMatch(call -> call.startsWith("Describe")));
    assertTrue(aws.account().shared().isEmpty());
    assertFalse(Files.exists(directory.resolve("key")));
  }

  @Test
  void costIsToldWhereItIsKnown() {
    try (var provider = Ec2Provider.open("us-east-1", OURS)) {
      var plan = creation(provider, order(2), "10.0.0.1").plan("x86_64");
      assertEquals(2 * (0.08925 * 730 + 30 * 0.08), requireNonNull(plan.monthlyDollars()), 0.001);
      assertTrue(plan.cost().startsWith("135.11 USD a month"), plan.cost());
    }
  }

  @Test
  void aTypeOfAnotherProcessorIsRefusedBeforeItCosts() {
    try (var provider = provider()) {
      var creation = creation(provider, order(2), "10.0.0.1");
      var refused = assertThrows(UserError.class, () -> creation.plan("aarch64"));
      assertEquals(ErrorCode.INVALID_PARAMS, refused.problem().code());
    }
  }

  @Test
  void machinesAreMadeAsTheyShallBe() throws IOException {
    var creation = create(2);
    assertEquals("10.0.0.11", creation.machine("web-1").address());
    var first = aws.account().alive().getFirst();
    assertEquals(
        Map.of("slipway:installation", OURS, "slipway:host", "web-1", "Name", "slipway web-1"),
        first.tags());
    assertEquals("required", first.asked("MetadataOptions.HttpTokens"));
    assertEquals("1", first.asked("MetadataOptions.HttpPutResponseHopLimit"));
    assertEquals("gp3", first.asked("BlockDeviceMapping.1.Ebs.VolumeType"));
    assertEquals("/dev/xvda", first.asked("BlockDeviceMapping.1.DeviceName"));
    assertEquals("30", first.asked("BlockDeviceMapping.1.Ebs.VolumeSize"));
    assertEquals(SHARED, first.asked("KeyName"));
    var key = directory.resolve("key");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    assertEquals(Files.readString(directory.resolve("key.pub")).strip(), aws.account().key(SHARED));
  }

  @Test
  void onlyWhatAFleetNeedsIsLetIn() {
    create(1);
    assertEquals(
        List.of(
            "tcp/22 10.0.0.1/32",
            "tcp/2377 10.0.0.1/32",
            "tcp/2377 sg",
            "tcp/443 0.0.0.0/0",
            "tcp/443 ::/0",
            "tcp/7946 10.0.0.1/32",
            "tcp/7946 sg",
            "tcp/80 0.0.0.0/0",
            "tcp/80 ::/0",
            "udp/4789 10.0.0.1/32",
            "udp/4789 sg",
            "udp/7946 10.0.0.1/32",
            "udp/7946 sg"),
        rules());
    create(1, "10.0.0.2");
    assertFalse(rules().toString().contains("10.0.0.1/32"), rules().toString());
    assertTrue(rules().contains("tcp/22 10.0.0.2/32"), rules().toString());
  }

  private List<String> rules() {
    return aws.account().rules(SHARED).stream()
        .map(rule -> rule.replaceAll("sg-\\d+", "sg"))
        .toList();
  }

  @Test
  void cloudInitGetsAHostKeyAndNoJoinToken() {
    create(2);
    var all = aws.account().alive();
    var text = all.getFirst().userData();
    assertFalse(text.contains("SWMTKN"), text);
    assertNotEquals(text, all.getLast().userData());
    var config = CloudConfig.of(text);
    assertEquals("web-1", config.hostname());
    assertTrue(config.privateHostKey().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    assertTrue(config.privateHostKey().endsWith("-----END OPENSSH PRIVATE KEY-----\n"));
    assertEquals(firstKey("web-1"), config.publicHostKey());
    assertTrue(config.script().contains("docker.io"), config.script());
    assertEquals(Map.of("slipway", aws.account().key(SHARED)), config.users());
  }

  private String firstKey(String host) {
    return new FirstBoot(MachineNotes.directory(directory, host)).hostKeys().getFirst();
  }

  @Test
  void theSameOrderAgainMakesNothing() {
    create(2);
    create(2);
    assertEquals(2, aws.account().instances().size());
    create(3);
    assertEquals(3, aws.account().instances().size());
  }

  @Test
  void anAnswerThatGetsLostMakesNoSecondMachine() {
    aws.loseAnswer("RunInstances");
    create(1);
    assertEquals(1, aws.account().instances().size());
  }

  /// Killed after the request went out: nobody here knows of the machine, and AWS may not list it
  /// yet.
  @Test
  void whoIsKilledGoesOnWithTheSameMachine() {
    for (var i = 0; i < 6; i++) {
      aws.loseAnswer("RunInstances");
    }
    assertEquals(ErrorCode.UNAVAILABLE, refused(1));
    assertEquals(1, aws.account().alive().size());
    aws.account().hide();
    create(1);
    assertEquals(1, aws.account().instances().size());
    assertTrue(Files.exists(MachineNotes.directory(directory, "web-1")));
  }

  @Test
  void otherWordsForTheSameMachineAreRefused() {
    aws.refuse("RunInstances", "IdempotentParameterMismatch", 400, 1);
    assertEquals(ErrorCode.CONFLICT, refused(1));
  }

  @Test
  void aMachineThatSomebodyEndedIsMadeAnew() {
    create(1);
    var ended = aws.account().alive().getFirst();
    aws.account().end(ended);
    var creation = create(1);
    assertNotEquals(ended.id(), creation.machine("web-1").id());
    assertEquals(1, aws.account().alive().size());
  }

  @Test
  void aMachineOfAnotherTypeIsLeftAlone() {
    create(1);
    try (var provider = provider()) {
      var machine = new MachineOrder("t3.medium", null, null, 30);
      var other = new HostOrder("aws", null, machine, "web", 1, null, Map.of());
      var creation = creation(provider, other, "10.0.0.1");
      creation.plan("x86_64");
      var refused =
          assertThrows(
              UserError.class,
              () -> Steps.run(creation.steps(), new StepDetails(_ -> {}), "again"));
      assertEquals(ErrorCode.CONFLICT, refused.problem().code());
    }
    assertEquals(1, aws.account().instances().size());
  }

  @Test
  void whatComesTooFastIsAskedAgain() {
    aws.refuse("DescribeInstanceTypes", "RequestLimitExceeded", 503, 2);
    aws.refuse("RunInstances", "RequestLimitExceeded", 503, 2);
    create(1);
    assertEquals(1, aws.account().instances().size());
  }

  @Test
  void noRoomInTheMiddleLeavesWhatIsThereAndGoesOnLater() {
    create(1);
    aws.refuse("RunInstances", "InsufficientInstanceCapacity", 500, 6);
    try (var provider = provider()) {
      var creation = creation(provider, order(2), "10.0.0.1");
      creation.plan("x86_64");
      var refused =
          assertThrows(
              UserError.class,
              () -> Steps.run(creation.steps(), new StepDetails(_ -> {}), "again"));
      assertEquals(ErrorCode.UNAVAILABLE, refused.problem().code());
      assertEquals("web-1 (i-0003)", creation.soFar().replaceAll("i-0\\d+", "i-0003"));
    }
    create(2);
    assertEquals(2, aws.account().instances().size());
  }

  @Test
  void refusalsSayWhatToDo() {
    aws.refuse("CreateSecurityGroup", "UnauthorizedOperation", 403, 1);
    assertEquals(ErrorCode.FORBIDDEN, refused(1));
    aws.expire();
    assertEquals(ErrorCode.UNAUTHORIZED, refused(1));
    System.setProperty("aws.accessKeyId", "AKIDOTHER");
    assertEquals(ErrorCode.UNAUTHORIZED, refused(1));
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    assertEquals(ErrorCode.UNAUTHORIZED, refused(1));
    assertTrue(aws.account().instances().isEmpty());
  }

  @Test
  void aMachineThatNeverStartsIsSaidSo() {
    restart(
        new Hardware() {
          @Override
          public @Nullable String boot(Ec2Account.Instance instance) {
            return null;
          }

          @Override
          public void end(Ec2Account.Instance instance) {}
        });
    var refused = assertThrows(UserError.class, () -> create(1)).problem();
    assertEquals(ErrorCode.UNAVAILABLE, refused.code());
    assertTrue(refused.what().matches("web-1 \\(i-0\\d+\\) does not start"), refused.what());
  }

  private void restart(Hardware hardware) {
    aws.close();
    aws = new Ec2StandIn(hardware);
    aws.attract();
  }

  @Test
  void anotherInstallationsMachinesAreNeverTouched() {
    var theirs = aws.account().strange("theirs", "web-1");
    create(1);
    try (var provider = provider()) {
      var ours = provider.machines();
      assertEquals(1, ours.size());
      assertThrows(UserError.class, () -> provider.end(theirs.id()));
      provider.end(ours.getFirst().id());
      provider.end(ours.getFirst().id());
      assertTrue(provider.clear());
      assertTrue(provider.clear());
    }
    assertEquals(List.of(theirs), aws.account().alive());
    assertEquals(List.of(), aws.account().shared());
  }

  @Test
  void whatIsSharedStaysWithTheOthers() {
    create(2);
    try (var provider = provider()) {
      provider.end(provider.machines().getFirst().id());
      assertFalse(provider.clear());
    }
    assertEquals(List.of(SHARED, SHARED), aws.account().shared());
  }

  @Test
  void aKeyPairOfTheSameNameIsReplacedOnlyIfItIsOurs() throws IOException {
    create(1);
    Files.delete(directory.resolve("key"));
    create(1);
    assertEquals(Files.readString(directory.resolve("key.pub")).strip(), aws.account().key(SHARED));
  }

  @Test
  void aNameLeadsNowhereElse() {
    MachineNotes.fresh("web-1", "aws", "eu-central-1", "ami-1").write(directory);
    assertTrue(MachineNotes.read(directory, "web-1").isPresent());
    assertTrue(MachineNotes.read(directory, "../machines/web-1").isEmpty());
  }
}
