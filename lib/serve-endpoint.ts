import { Fn, Stack } from 'aws-cdk-lib';
import type { IMetric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType, type IFunction, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** Where CDNs GET. Paths there begin with `/live`, whichever it is. */
export interface ServeEndpoint {
  /** Without scheme and path. */
  readonly hostName: string;
  /** Answers of 500 and more, including those that no function gave. */
  metricServerError(options?: MetricOptions): IMetric;
}

export interface ServeFunctionUrlProps {
  readonly serve: IFunction;
  /** False where the platform cannot stream answers (an emulator). */
  readonly streamed: boolean;
}

/**
 * The serve function's own URL: no request charge and no quota of API Gateway. CloudFront signs its requests (origin
 * access control), and the function still asks for the edge credential, since any distribution of the account may sign.
 */
export class ServeFunctionUrl extends Construct implements ServeEndpoint {
  readonly hostName: string;
  readonly #serve: IFunction;

  constructor(scope: Construct, id: string, { serve, streamed }: ServeFunctionUrlProps) {
    super(scope, id);
    this.#serve = serve;
    const { url } = serve.addFunctionUrl({
      authType: FunctionUrlAuthType.AWS_IAM,
      invokeMode: streamed ? InvokeMode.RESPONSE_STREAM : InvokeMode.BUFFERED,
    });
    // `https://{id}.lambda-url.{region}.on.aws/`
    this.hostName = Fn.select(2, Fn.split('/', url));
    const cloudFront = {
      principal: new ServicePrincipal('cloudfront.amazonaws.com'),
      // The distribution is made after this stack and refers to it, so it cannot be named here.
      sourceArn: Stack.of(this).formatArn({
        service: 'cloudfront',
        region: '',
        resource: 'distribution',
        resourceName: '*',
      }),
    };
    serve.addPermission('InvokeUrl', {
      ...cloudFront,
      action: 'lambda:InvokeFunctionUrl',
      functionUrlAuthType: FunctionUrlAuthType.AWS_IAM,
    });
    serve.addPermission('InvokeByUrl', {
      ...cloudFront,
      action: 'lambda:InvokeFunction',
      invokedViaFunctionUrl: true,
    });
  }

  metricServerError(options?: MetricOptions): IMetric {
    return this.#serve.metric('Url5xxCount', options);
  }
}
