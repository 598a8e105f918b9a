package nyc311;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nyc311.bucket.WriteConflictException;
import nyc311.collect.CollectCommand;
import nyc311.command.PathConverter;
import nyc311.medians.MediansCommand;
import nyc311.medians.SummaryCommand;
import nyc311.train.BacktestCommand;
import nyc311.train.PublishCommand;
import nyc311.train.RollbackCommand;
import nyc311.train.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: {@code java -jar nyc311.jar}. */
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
      "",
      "The manual of a command: nyc311 COMMAND --help. More: docs/commands.md."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpWidth = 80,
    subcommands = {
      CollectCommand.class,
      SummaryCommand.class,
      MediansCommand.class,
      TrainCommand.class,
      BacktestCommand.class,
      PublishCommand.class,
      RollbackCommand.class,
      HelpCommand.class
    })
public final class Main implements Runnable {
  private static final List<Group> GROUPS =
      List.of(
          new Group("Raw days, as the city's feed has them", List.of("collect", "summary")),
          new Group("Estimates", List.of("medians", "train", "backtest")),
          new Group("What the API answers from", List.of("publish", "rollback")));

  /** Whose exceptions say what is wrong; no class of it is known here. */
  private static final String AWS_SDK = "software.amazon.awssdk.";

  private static final String INTEGER =
      "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;

  private static final String LONG =
      "a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE;

  @Spec private CommandSpec spec;

  private Main() {}

  private record Group(String title, List<String> commands) {}

  /** Runs a command, and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** All commands, as {@link #main} runs them. */
  public static CommandLine commandLine() {
    CommandLine commands = new CommandLine(new Main());
    commands
        .getCommandSpec()
        .usageMessage()
        .customSynopsis(
            "nyc311 COMMAND [OPTIONS]", "(nyc311 stands for: java -jar target/nyc311.jar)");
    commands
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> overview(commands));
    return commands
        .registerConverter(Path.class, new PathConverter())
        .registerConverter(int.class, text -> number(text, Integer::valueOf, INTEGER))
        .registerConverter(Integer.class, text -> number(text, Integer::valueOf, INTEGER))
        .registerConverter(long.class, text -> number(text, Long::valueOf, LONG))
        .registerConverter(Double.class, text -> number(text, Double::valueOf, "a number"))
        .registerConverter(LocalDate.class, text -> parsed(text, LocalDate::parse, "2019-07-01"))
        .registerConverter(
            LocalDateTime.class, text -> parsed(text, LocalDateTime::parse, "2019-07-01T05:00"))
        .setParameterExceptionHandler(Main::refused)
        .setExecutionExceptionHandler(
            (problem, command, parsed) -> {
              printProblem(command, message(problem));
              return command.getCommandSpec().exitCodeOnExecutionException();
            });
  }

  private static <T> T number(String text, Function<String, T> parsing, String kind) {
    try {
      return parsing.apply(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("must be " + kind + ": " + text);
    }
  }

  private static <T> T parsed(String text, Function<String, T> parsing, String example) {
    String problem = "must be like " + example + ": " + text;
    // A year of five digits: a range that ends there would have no end.
    if (text.startsWith("+")) {
      throw new TypeConversionException(problem);
    }
    try {
      return parsing.apply(text);
    } catch (DateTimeException e) {
      throw new TypeConversionException(problem);
    }
  }

  /** Without a command, nothing was asked for: what there is goes where errors go. */
  @Override
  public void run() {
    CommandLine commands = spec.commandLine();
    commands.usage(commands.getErr());
    throw new NothingAsked(commands);
  }

  private static final class NothingAsked extends ParameterException {
    private static final long serialVersionUID = 1L;

    NothingAsked(CommandLine commands) {
      super(commands, "no command");
    }
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

  /** One line for what is wrong, and one for who wants to know more. */
  private static int refused(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    if (!(problem instanceof NothingAsked)) {
      printProblem(command, problem.getMessage());
      UnmatchedArgumentException.printSuggestions(problem, command.getErr());
      command.getErr().printf("Try: %s --help%n", command.getCommandSpec().qualifiedName());
    }
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static void printProblem(CommandLine command, String problem) {
    PrintWriter err = command.getErr();
    String line = command.getCommandSpec().qualifiedName() + ": " + problem.replaceAll("\\R", " ");
    err.println(command.getColorScheme().errorText(line));
    err.flush();
  }

  /** What a person needs to know; of what nobody has foreseen, all that there is. */
  private static String message(Throwable problem) {
    if (problem instanceof NotDirectoryException none) {
      String folder = none.getFile();
      return (Files.exists(Path.of(folder)) ? "not a folder: " : "no such folder: ") + folder;
    }
    if (problem instanceof NoSuchFileException none) {
      return "no such file: " + none.getFile();
    }
    if (problem instanceof FileAlreadyExistsException there) {
      return "not a folder: " + there.getFile();
    }
    if (problem instanceof AccessDeniedException denied) {
      return "access denied: " + denied.getFile();
    }
    boolean foreseen =
        Stream.of(
                    IOException.class,
                    UncheckedIOException.class,
                    IllegalArgumentException.class,
                    WriteConflictException.class)
                .anyMatch(kind -> kind.isInstance(problem))
            || problem.getClass().getName().startsWith(AWS_SDK);
    return foreseen ? String.valueOf(problem.getMessage()) : problem.toString();
  }

  /** Which version this is, as the jar's manifest says. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "nyc311 " + (version == null ? "(not from its jar)" : version),
        "Java " + Runtime.version() + ", " + System.getProperty("os.name")
      };
    }
  }
}
