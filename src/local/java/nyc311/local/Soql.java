package nyc311.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The part of Socrata's query language that the local feed understands. Values are compared as
 * text, which is right for the feed's timestamps (all of one width) and for names, not for numbers.
 *
 * @param columns the selected columns, in this order; empty: all
 * @param aggregate what is asked of all rows together; empty: rows are asked for
 * @param where what a row must satisfy, all of it
 * @param order the columns to order by; empty: the feed may choose
 * @param limit the most rows to return
 * @param offset how many rows to leave out first
 * @see <a href="https://dev.socrata.com/docs/queries/">Queries using SODA</a>
 */
record Soql(
    List<String> columns,
    Optional<Aggregate> aggregate,
    List<Condition> where,
    List<Order> order,
    long limit,
    long offset) {
  /** The column that every dataset has: a row's place in it. */
  static final String ROW_ID = ":id";

  private static final long DEFAULT_LIMIT = 1_000;
  private static final Pattern QUESTION =
      Pattern.compile(
          "(?is)\\s*SELECT\\s(?<select>.*?)(?:\\sWHERE\\s(?<where>.*?))?"
              + "(?:\\sORDER BY\\s(?<order>.*?))?(?:\\sLIMIT\\s(?<limit>.*?))?");
  private static final String CREATED = "created_date";
  private static final Set<String> TIMESTAMPS =
      Set.of(CREATED, "closed_date", "due_date", "resolution_action_updated_date");
  private static final Set<String> CLAUSES =
      Set.of("$select", "$where", "$order", "$limit", "$offset", "$$app_token");

  /** The columns of 311 Service Requests, of today's dataset and of the archive's. */
  private static final Set<String> COLUMNS =
      Set.of(
          """
          unique_key created_date closed_date agency agency_name complaint_type descriptor
          descriptor_2 location_type incident_zip incident_address street_name cross_street_1
          cross_street_2 intersection_street_1 intersection_street_2 address_type city landmark
          facility_type status due_date resolution_description resolution_action_updated_date
          community_board bbl borough council_district police_precinct x_coordinate_state_plane
          y_coordinate_state_plane open_data_channel_type park_facility_name park_borough
          vehicle_type taxi_company_borough taxi_pick_up_location bridge_highway_name
          bridge_highway_direction road_ramp bridge_highway_segment latitude longitude location
          :@computed_region_efsh_h5xi\
          """
              .split("\\s+"));

  /**
   * The clauses of a question that SODA 3 has in its body, by the names that they have in SODA 2;
   * none when it is no such question.
   */
  static Map<String, String> clauses(byte[] body) {
    JsonNode question;
    try {
      question = new ObjectMapper().readTree(body);
    } catch (IOException e) {
      return Map.of();
    }
    Map<String, String> clauses = new LinkedHashMap<>();
    Matcher text = QUESTION.matcher(question.path("query").asText());
    if (text.matches()) {
      for (String clause : List.of("select", "where", "order", "limit")) {
        Optional.ofNullable(text.group(clause))
            .ifPresent(given -> clauses.put("$" + clause, given.strip()));
      }
    }
    return clauses;
  }

  /**
   * Reads a request's decoded query. A name without {@code $} is a column that must equal the
   * value.
   *
   * @throws Refusal when Socrata would refuse it, or the local feed does not know the clause
   */
  static Soql parse(Map<String, String> query) throws Refusal {
    List<Condition> where = new ArrayList<>();
    for (Map.Entry<String, String> entry : query.entrySet()) {
      String name = entry.getKey();
      if (name.startsWith("$") ? !CLAUSES.contains(name) : !COLUMNS.contains(name)) {
        throw new Refusal(
            "query.soql.invalid-argument", "Unrecognized arguments [" + name + "]", name);
      }
      if (!name.startsWith("$")) {
        where.add(Condition.of(name, "=", entry.getValue()));
      }
    }
    if (query.containsKey("$where")) {
      where.addAll(conditions(new Tokens(query.get("$where"))));
    }
    List<String> columns = new ArrayList<>();
    Tokens select = new Tokens(query.getOrDefault("$select", "*"));
    Optional<Aggregate> aggregate = aggregate(select);
    if (aggregate.isEmpty() && !select.accept("*")) {
      do {
        columns.add(select.column());
      } while (select.accept(","));
    }
    select.expectEnd();
    return new Soql(
        columns,
        aggregate,
        where,
        query.containsKey("$order") ? order(new Tokens(query.get("$order"))) : List.of(),
        number(query, "$limit", DEFAULT_LIMIT),
        number(query, "$offset", 0));
  }

  private static Optional<Aggregate> aggregate(Tokens select) throws Refusal {
    boolean count = select.accept("count");
    if (!count && !select.accept("max")) {
      return Optional.empty();
    }
    select.expect("(");
    String column = "";
    if (count) {
      select.expect("*");
    } else {
      column = select.column();
    }
    select.expect(")");
    String name = count ? "count" : "max_" + column;
    return Optional.of(new Aggregate(column, select.accept("as") ? select.next() : name));
  }

  private static List<Condition> conditions(Tokens tokens) throws Refusal {
    List<Condition> conditions = new ArrayList<>();
    do {
      String column = tokens.column();
      if (tokens.accept("between")) {
        conditions.add(Condition.of(column, ">=", tokens.literal()));
        tokens.expect("and");
        conditions.add(Condition.of(column, "<=", tokens.literal()));
      } else if (tokens.accept("is")) {
        boolean absent = !tokens.accept("not");
        tokens.expect("null");
        conditions.add(new Condition(column, absent ? "absent" : "present", ""));
      } else {
        conditions.add(Condition.of(column, tokens.operator(), tokens.literal()));
      }
    } while (tokens.accept("and"));
    tokens.expectEnd();
    return conditions;
  }

  private static List<Order> order(Tokens tokens) throws Refusal {
    List<Order> order = new ArrayList<>();
    do {
      String column = tokens.accept(ROW_ID) ? ROW_ID : tokens.column();
      boolean descending = tokens.accept("desc");
      if (!descending) {
        tokens.accept("asc");
      }
      order.add(new Order(column, descending));
    } while (tokens.accept(","));
    tokens.expectEnd();
    return order;
  }

  private static long number(Map<String, String> query, String name, long absent) throws Refusal {
    String text = query.getOrDefault(name, Long.toString(absent));
    if (!text.matches("\\d{1,15}")) {
      throw malformed(name + "=" + text, 1);
    }
    return Long.parseLong(text);
  }

  /** No row created before this day can match. */
  LocalDate firstDay() {
    return where.stream()
        .map(Condition::firstDay)
        .max(Comparator.naturalOrder())
        .orElse(LocalDate.MIN);
  }

  /** No row created after this day can match. */
  LocalDate lastDay() {
    return where.stream()
        .map(Condition::lastDay)
        .min(Comparator.naturalOrder())
        .orElse(LocalDate.MAX);
  }

  /** Whether it asks for the latest creation within some days. */
  boolean asksForNewest() {
    return aggregate.filter(any -> any.column().equals(CREATED)).isPresent()
        && !firstDay().equals(LocalDate.MIN)
        && !lastDay().equals(LocalDate.MAX);
  }

  /** Whether a row satisfies all conditions. */
  boolean matches(ObjectNode row) {
    return where.stream().allMatch(condition -> condition.matches(row));
  }

  /** The row with the selected columns only; absent ones stay absent. */
  ObjectNode project(ObjectNode row) {
    if (columns.isEmpty()) {
      return row;
    }
    ObjectNode selected = row.objectNode();
    for (String column : columns) {
      if (row.has(column)) {
        selected.set(column, row.get(column));
      }
    }
    return selected;
  }

  private static Refusal malformed(String text, int column) {
    return new Refusal(
        "query.compiler.malformed",
        "Could not parse SoQL query \"" + text + "\" at line 1 character " + column,
        text);
  }

  /**
   * {@code count(*)}, or the {@code max} of a column.
   *
   * @param column empty: all rows are counted
   * @param name that it is given
   */
  record Aggregate(String column, String name) {
    /** The answer's one row; without the field when no row has the column. */
    ObjectNode of(Stream<ObjectNode> rows) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      if (column.isEmpty()) {
        return answer.put(name, Long.toString(rows.count()));
      }
      rows.map(row -> row.path(column).asText(""))
          .max(Comparator.naturalOrder())
          .filter(text -> !text.isEmpty())
          .ifPresent(text -> answer.put(name, text));
      return answer;
    }
  }

  /** One column to order by. */
  record Order(String column, boolean descending) {
    /** The row's text to order by; a row without it comes last. */
    String key(ObjectNode row) {
      return row.path(column).asText("\uffff");
    }
  }

  /** One column's comparison with a literal; a row without the column satisfies none but absent. */
  record Condition(String column, String operator, String literal) {
    private static final Pattern TIMESTAMP =
        Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d)(?:[T ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?))?");
    private static final DateTimeFormatter AS_IN_ROWS =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");

    static Condition of(String column, String operator, String literal) throws Refusal {
      return new Condition(
          column, operator, TIMESTAMPS.contains(column) ? timestamp(operator, literal) : literal);
    }

    /** A floating timestamp as rows have it; Socrata takes one with a zone for a plain text. */
    private static String timestamp(String operator, String literal) throws Refusal {
      Matcher parts = TIMESTAMP.matcher(literal);
      try {
        if (parts.matches()) {
          return LocalDate.parse(parts.group(1))
              .atTime(parts.group(2) == null ? LocalTime.MIDNIGHT : LocalTime.parse(parts.group(2)))
              .format(AS_IN_ROWS);
        }
      } catch (DateTimeException e) {
        // No such day or time: refused like any other text.
      }
      throw new Refusal(
          "query.soql.type-mismatch", "Type mismatch for op$" + operator + ", is text", literal);
    }

    boolean matches(ObjectNode row) {
      if (!row.has(column)) {
        return operator.equals("absent");
      }
      int order = row.get(column).asText().compareTo(literal);
      return switch (operator) {
        case "=" -> order == 0;
        case "!=", "<>" -> order != 0;
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case ">" -> order > 0;
        case ">=" -> order >= 0;
        default -> operator.equals("present");
      };
    }

    private LocalDate firstDay() {
      return column.equals(CREATED) && Set.of("=", ">", ">=").contains(operator)
          ? LocalDateTime.parse(literal).toLocalDate()
          : LocalDate.MIN;
    }

    private LocalDate lastDay() {
      if (!column.equals(CREATED) || !Set.of("=", "<", "<=").contains(operator)) {
        return LocalDate.MAX;
      }
      LocalDateTime last = LocalDateTime.parse(literal);
      return (operator.equals("<") ? last.minusNanos(1) : last).toLocalDate();
    }
  }

  /** A query that is answered with status 400. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String culprit;

    /**
     * @param code Socrata's name of the fault
     * @param message what Socrata says
     * @param culprit the column, literal or clause
     */
    Refusal(String code, String message, String culprit) {
      super(message);
      this.code = code;
      this.culprit = culprit;
    }

    String code() {
      return code;
    }

    String culprit() {
      return culprit;
    }
  }

  /** A clause cut into words, quoted literals and signs. */
  private static final class Tokens {
    private static final Pattern TOKEN =
        Pattern.compile(
            "\\s*('(?:[^']|'')*'|-?\\d+(?:\\.\\d+)?|[:@\\w]+|`[:@\\w]+`|<=|>=|!=|<>|[<>=(),*])\\s*");

    private final String clause;
    private final Matcher matcher;

    Tokens(String clause) {
      this.clause = clause;
      this.matcher = TOKEN.matcher(clause);
    }

    String next() throws Refusal {
      if (!matcher.lookingAt()) {
        throw malformed(clause, matcher.regionStart() + 1);
      }
      String token = matcher.group(1);
      matcher.region(matcher.end(), clause.length());
      return token;
    }

    boolean accept(String word) {
      boolean found = matcher.lookingAt() && matcher.group(1).equalsIgnoreCase(word);
      if (found) {
        matcher.region(matcher.end(), clause.length());
      }
      return found;
    }

    void expect(String word) throws Refusal {
      if (!accept(word)) {
        throw malformed(clause, matcher.regionStart() + 1);
      }
    }

    void expectEnd() throws Refusal {
      if (matcher.regionStart() < clause.length()) {
        throw malformed(clause, matcher.regionStart() + 1);
      }
    }

    String column() throws Refusal {
      String name = next().replace("`", "");
      if (!COLUMNS.contains(name)) {
        throw new Refusal("query.soql.no-such-column", "No such column: " + name, name);
      }
      return name;
    }

    String operator() throws Refusal {
      String sign = next();
      if (!sign.matches("[<>=!]+")) {
        throw malformed(clause, matcher.regionStart());
      }
      return sign;
    }

    String literal() throws Refusal {
      String token = next();
      if (token.startsWith("'")) {
        return token.substring(1, token.length() - 1).replace("''", "'");
      }
      if (!token.matches("-?\\d+(\\.\\d+)?")) {
        throw malformed(clause, matcher.regionStart());
      }
      return token;
    }
  }
}
