package nyc311.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** The alternative for raw days: an analytical database that reads JSON files in place. */
final class DuckDb implements AutoCloseable {
  static final String NAME = "DuckDB";

  private final Connection connection;

  DuckDb(int threads) throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET threads = " + threads);
    }
  }

  /** Computes the median per complaint type over closed requests, and returns how long it took. */
  double medianMillis(List<Path> rawDays) throws SQLException {
    String files =
        rawDays.stream().map(file -> "'" + file + "'").collect(Collectors.joining(",", "[", "]"));
    String query =
        """
        SELECT complaint_type, median(date_diff('second', created_date, closed_date)) / 3600
        FROM read_json(%s, format = 'array', columns = {complaint_type: 'VARCHAR',
          status: 'VARCHAR', created_date: 'TIMESTAMP', closed_date: 'TIMESTAMP'})
        WHERE status = 'Closed' AND closed_date >= created_date
        GROUP BY complaint_type
        """
            .formatted(files);
    long start = System.nanoTime();
    try (Statement statement = connection.createStatement();
        ResultSet types = statement.executeQuery(query)) {
      int count = 0;
      while (types.next()) {
        count++;
      }
      if (count < 30) {
        throw new IllegalStateException("only " + count + " complaint types");
      }
    }
    return (System.nanoTime() - start) / 1e6;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
