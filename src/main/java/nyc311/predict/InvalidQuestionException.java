package nyc311.predict;

/** A question that cannot be asked. Its message is for the person who asked. */
final class InvalidQuestionException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_SHOWN = 100;

  private final String parameter;

  /**
   * @param parameter what is wrong
   * @param limit what it must be
   * @param value what it is
   */
  InvalidQuestionException(String parameter, String limit, String value) {
    super(parameter + " must be " + limit + ": " + shown(value));
    this.parameter = parameter;
  }

  String parameter() {
    return parameter;
  }

  private static String shown(String value) {
    if (value.isBlank()) {
      return "(empty)";
    }
    if (value.length() <= MAX_SHOWN) {
      return value;
    }
    // Half of a surrogate pair would be no character.
    int end = Character.isHighSurrogate(value.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN;
    return value.substring(0, end) + "…";
  }
}
