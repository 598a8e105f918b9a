package nyc311.commands;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** All commands, and the overview of them. */
@Command(
    name = "nyc311",
    header = "How long will my New York City 311 request take?",
    description =
        "Collects the city's open data, and makes and publishes what the API answers from.",
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%n",
    commandListHeading = "",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it did what it was asked to, --help included",
      "1:it failed, or refused to publish: standard error says why",
      "2:an option, a parameter or a variable is wrong: nothing was done",
      "130:it was interrupted, as by Ctrl-C: what it was writing is not there"
    },
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  nyc311 collect --from 2019-07-01 --to 2019-07-14 --raw-days raw_days",
      "  nyc311 summary --raw-days raw_days --types 5",
      "  nyc311 medians --raw-days raw_days --output medians.json",
      "  nyc311 train --raw-days raw_days --test-days 4 --publish model --force",
      "  nyc311 backtest --raw-days raw_days --as-of 2019-07-10T05:00 \\%n"
          + "    --test-from 2019-07-10 --test-to 2019-07-14",
      "  nyc311 publish s3://my-bucket --medians medians.json --model model",
      "  nyc311 rollback s3://my-bucket",
      "  nyc311 record s3://my-bucket",
      "",
      "The manual of a command: nyc311 COMMAND --help. More: docs/commands.md."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Version.class,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpWidth = 80)
public final class Commands implements Callable<Integer> {
  private static final List<Group> GROUPS =
      List.of(
          new Group("Raw days, as the city's feed has them", List.of("collect", "summary")),
          new Group("Estimates", List.of("medians", "train", "backtest", "boroughs")),
          new Group("What the API answers from", List.of("publish", "rollback", "record")));

  @Spec private CommandSpec spec;

  private Commands() {}

  private record Group(String title, List<String> commands) {}

  /**
   * The command line.
   *
   * @param environment the variables that set what options do not, such as {@link System#getenv()}
   */
  public static CommandLine commandLine(Map<String, String> environment) {
    CommandLine commands =
        new CommandLine(new Commands())
            .addSubcommand(new CollectCommand(environment))
            .addSubcommand(new SummaryCommand())
            .addSubcommand(new MediansCommand(environment))
            .addSubcommand(new TrainCommand())
            .addSubcommand(new BacktestCommand())
            .addSubcommand(new BoroughsCommand())
            .addSubcommand(new PublishCommand())
            .addSubcommand(new RollbackCommand())
            .addSubcommand(new RecordCommand())
            .addSubcommand(new HelpCommand());
    commands
        .getCommandSpec()
        .usageMessage()
        .customSynopsis(
            "nyc311 COMMAND [OPTIONS]", "(nyc311 stands for: java -jar target/nyc311.jar)");
    commands
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> overview(commands));
    Converters.register(commands, environment);
    Problems.register(commands);
    return commands;
  }

  /** Without a command, nothing was asked for: what there is goes where errors go. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return spec.exitCodeOnInvalidInput();
  }

  private static String overview(CommandLine commands) {
    return GROUPS.stream()
        .map(
            group ->
                "%n%s:%n".formatted(group.title)
                    + group.commands.stream()
                        .map(name -> line(commands.getSubcommands().get(name).getCommandSpec()))
                        .collect(Collectors.joining()))
        .collect(Collectors.joining());
  }

  private static String line(CommandSpec command) {
    String names = String.join(", ", command.names());
    return "  %-19s  %s%n".formatted(names, command.usageMessage().header()[0]);
  }

  /** Which version this is, as the jar's manifest says. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Commands.class.getPackage().getImplementationVersion();
      return new String[] {
        "nyc311 " + (version == null ? "(not from its jar)" : version),
        "Java " + Runtime.version() + ", " + System.getProperty("os.name")
      };
    }
  }
}
