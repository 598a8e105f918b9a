package nyc311.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.Set;
import nyc311.local.LocalS3;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** A handler's call that its role does not allow must not go unnoticed until it is deployed. */
class S3CallsTest {
  private static final String RAW_DAY = "311/raw_data/2019-07-01.json";

  private final S3Calls calls = new S3Calls();
  private LocalS3 store;
  private S3Client s3;
  private Policies policies;
  private String bucket;

  @BeforeEach
  void start() throws IOException {
    store = LocalS3.temporary();
    bucket = store.bucket();
    policies = Policies.forBucket(bucket);
    s3 =
        store
            .clientBuilder()
            .overrideConfiguration(override -> override.addExecutionInterceptor(calls))
            .build();
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void aReadNeedsGetObjectAlsoWhenNothingIsThere() {
    assertThatExceptionOfType(NoSuchKeyException.class)
        .isThrownBy(() -> s3.getObject(request -> request.bucket(bucket).key(RAW_DAY)).close());
    assertThatExceptionOfType(NoSuchKeyException.class)
        .isThrownBy(() -> s3.headObject(request -> request.bucket(bucket).key("311/medians.json")));

    assertThat(calls.calls())
        .containsExactlyInAnyOrder(
            new S3Call("s3:GetObject", bucket, RAW_DAY),
            new S3Call("s3:GetObject", bucket, "311/medians.json"));
    assertThat(policies.refused("MediansRole", calls.calls())).isEmpty();
  }

  @Test
  void aConditionalPutNeedsGetObjectToo() {
    String other = "311/raw_data/2019-07-02.json";
    s3.putObject(request -> request.bucket(bucket).key(RAW_DAY), RequestBody.empty());
    s3.putObject(
        request -> request.bucket(bucket).key(other).ifNoneMatch("*"), RequestBody.empty());

    assertThat(calls.calls())
        .containsExactlyInAnyOrder(
            new S3Call("s3:PutObject", bucket, RAW_DAY),
            new S3Call("s3:PutObject", bucket, other),
            new S3Call("s3:GetObject", bucket, other));
    assertThat(policies.refused("CollectRole", calls.calls())).isEmpty();
  }

  @Test
  void aListingNeedsListBucketForItsPrefix() {
    s3.listObjectsV2(request -> request.bucket(bucket).prefix("311/days/"));
    s3.listObjectsV2(request -> request.bucket(bucket).prefix("311/"));

    assertThat(calls.calls())
        .containsExactlyInAnyOrder(
            new S3Call("s3:ListBucket", bucket, "311/days/"),
            new S3Call("s3:ListBucket", bucket, "311/"));
    assertThat(policies.refused("MediansRole", calls.calls()))
        .containsExactly(new S3Call("s3:ListBucket", bucket, "311/"));
  }

  @Test
  void aCallOutsideTheRoleIsFound() {
    s3.putObject(request -> request.bucket(bucket).key("311/medians.json"), RequestBody.empty());
    s3.deleteObject(request -> request.bucket(bucket).key(RAW_DAY));

    Set<S3Call> outside =
        Set.of(
            new S3Call("s3:PutObject", bucket, "311/medians.json"),
            new S3Call("s3:DeleteObject", bucket, RAW_DAY));
    assertThat(calls.calls()).isEqualTo(outside);
    assertThat(policies.refused("PredictRole", calls.calls())).isEqualTo(outside);
  }

  @Test
  void aCallToAnotherBucketIsFound() {
    S3Call elsewhere = new S3Call("s3:GetObject", "elsewhere", "311/medians.json");

    assertThat(policies.refused("PredictRole", Set.of(elsewhere))).containsExactly(elsewhere);
  }
}
