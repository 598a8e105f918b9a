package nyc311.template;

/**
 * A permission that a request to S3 needs.
 *
 * @param action the IAM action, such as {@code s3:GetObject}
 * @param bucket the bucket's name
 * @param name the object's key; for {@code s3:ListBucket} the prefix, empty when there is none
 */
public record S3Call(String action, String bucket, String name) {
  static final String LIST = "s3:ListBucket";

  /** The resource that IAM asks a policy about. */
  String arn() {
    return "arn:aws:s3:::" + bucket + (action.equals(LIST) ? "" : "/" + name);
  }
}
