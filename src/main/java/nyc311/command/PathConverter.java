package nyc311.command;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** For options and parameters that are files or folders. */
public final class PathConverter implements ITypeConverter<Path> {
  @Override
  public Path convert(String text) {
    // The current folder for Java; but mostly a variable that is not set.
    if (text.isBlank()) {
      throw new TypeConversionException("must not be empty");
    }
    return Path.of(text);
  }
}
