package nyc311.cost;

/**
 * What AWS charges for, in dollars at the list prices of us-east-1. AWS's own price pages show
 * their figures only to a browser, so each is confirmed by the source named here.
 */
enum Charge {
  COMPUTE(
      "Lambda on arm64, GB-seconds",
      0.0000133334,
      1,
      400_000,
      "[CloudChipr, 2025](https://cloudchipr.com/blog/aws-lambda-pricing)"),
  INVOCATIONS("Lambda, requests", .20, 1_000_000, 1_000_000, "the same"),
  /** From 300 million a month on, .90. */
  HTTP_API(
      "HTTP API, requests (0.90 from 300 million on)",
      1.00,
      1_000_000,
      0,
      "[Amnic](https://amnic.com/blogs/aws-api-gateway-pricing)"),
  S3_WRITES(
      "S3, PUT and LIST requests",
      .005,
      1_000,
      0,
      "[DevNotes](https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples)"),
  S3_READS("S3, GET and HEAD requests", .0004, 1_000, 0, "the same"),
  S3_STORAGE("S3 Standard, GB for a month", .023, 1, 0, "the same"),
  LOGS(
      "CloudWatch Logs, GB taken in",
      .50,
      1,
      5,
      "[Duckbill, May 2025](https://www.duckbillgroup.com/?p=9080)"),
  METRICS(
      "CloudWatch, metrics of its own, by the hour",
      .30,
      1,
      10,
      "[CloudBurn, February 2026](https://cloudburn.io/blog/amazon-cloudwatch-pricing)"),
  ALARMS(
      "CloudWatch, metrics that alarms look at",
      .10,
      1,
      10,
      "[C3X](https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm)"),
  DASHBOARDS(
      "CloudWatch, dashboards",
      3.00,
      1,
      3,
      "[FactualMinds, June"
          + " 2026](https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/)"),
  TRANSFER(
      "to the internet, GB",
      .09,
      1,
      100,
      "[Amnic](https://amnic.com/blogs/aws-api-gateway-pricing)"),
  SCHEDULE(
      "EventBridge Scheduler, calls",
      1.00,
      1_000_000,
      14_000_000,
      "[CloudBurn, March 2026](https://cloudburn.io/blog/amazon-eventbridge-pricing)"),
  STATES(
      "Step Functions, state transitions",
      .025,
      1_000,
      4_000,
      "[AWS](https://aws.amazon.com/step-functions/pricing/)"),
  T4G_NANO("EC2 t4g.nano, hours", .0042, 1, 0, "many public price lists; not confirmed by AWS"),
  T4G_MICRO("EC2 t4g.micro, hours", .0084, 1, 0, "the same"),
  DISK("EBS gp3, GB for a month", .08, 1, 0, "the same"),
  ADDRESS(
      "a public IPv4 address, hours",
      .005,
      1,
      0,
      "[DoiT, 2023](https://www.doit.com/aws-public-ipv4-price-increase-the-complete-guide/)");

  private static final double HTTP_API_TIER = 300e6;
  private static final double HTTP_API_BEYOND = .90e-6;

  final String label;
  final double price;
  final int per;
  final String source;
  private final double free;

  Charge(String label, double price, int per, double free, String source) {
    this.label = label;
    this.price = price;
    this.per = per;
    this.free = free;
    this.source = source;
  }

  /** What so much of it in a month costs. */
  double dollars(double quantity) {
    double beyond = this == HTTP_API ? Math.max(0, quantity - HTTP_API_TIER) : 0;
    return (quantity - beyond) * price / per + beyond * HTTP_API_BEYOND;
  }

  /**
   * What is left to pay for when what AWS gives every account each month, for ever, is deducted.
   */
  double dollarsBeyondFree(double quantity) {
    return dollars(Math.max(0, quantity - free));
  }
}
