package nyc311.template;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Records the permissions that the requests of an S3 client need, whether they succeed or not. Give
 * it to the client with {@code overrideConfiguration(o -> o.addExecutionInterceptor(calls))}.
 * Thread-safe.
 */
public final class S3Calls implements ExecutionInterceptor {
  private final Set<S3Call> calls = ConcurrentHashMap.newKeySet();

  /** What was needed so far. */
  public Set<S3Call> calls() {
    return Set.copyOf(calls);
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    SdkRequest request = context.request();
    if (request instanceof GetObjectRequest || request instanceof HeadObjectRequest) {
      add("s3:GetObject", request, "Key");
    } else if (request instanceof PutObjectRequest put) {
      add("s3:PutObject", request, "Key");
      if (put.ifMatch() != null || put.ifNoneMatch() != null) {
        add("s3:GetObject", request, "Key");
      }
    } else if (request instanceof ListObjectsV2Request) {
      add(S3Call.LIST, request, "Prefix");
    } else {
      // Not what this program does; whatever it needs, no role may have it unnoticed.
      add("s3:" + attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), request, "Key");
    }
  }

  private void add(String action, SdkRequest request, String nameField) {
    calls.add(
        new S3Call(
            action,
            request.getValueForField("Bucket", String.class).orElse(""),
            request.getValueForField(nameField, String.class).orElse("")));
  }
}
