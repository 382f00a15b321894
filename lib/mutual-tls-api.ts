import { DomainName, EndpointType, LambdaIntegration, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { MutualTlsConfig, StageThrottle } from './access-control';
import { addGatewayProblems, PUBLISH_PROBLEMS } from './gateway-problems';
import { OriginApi } from './rest-api';

export interface MutualTlsApiProps {
  /** Believes client certificates; nothing but this API may invoke it. */
  readonly ingest: IFunction;
  readonly config: MutualTlsConfig;
  readonly apiName: string;
  readonly accessLogs: boolean;
  readonly throttle: StageThrottle;
}

/**
 * Packagers PUT here with a client certificate. There is no authorizer, because one that looks at tokens is never asked
 * where none comes; and no way around the handshake, because the API's own host name is off.
 */
export class MutualTlsApi extends Construct {
  readonly api: OriginApi;
  /** Its `domainNameAliasDomainName` is what DNS has to point to. */
  readonly domain: DomainName;

  constructor(scope: Construct, id: string, props: MutualTlsApiProps) {
    super(scope, id);
    const { domainName, certificateArn, truststore } = props.config;
    this.api = new OriginApi(this, 'Api', {
      apiName: props.apiName,
      description: 'Headwater publish: packagers PUT segments with a client certificate',
      stage: 'live',
      integration: new LambdaIntegration(props.ingest, { allowTestInvoke: false }),
      binaryMediaTypes: ['*/*'],
      accessLogs: props.accessLogs,
      throttle: props.throttle,
      disableExecuteApiEndpoint: true,
    });
    addGatewayProblems(this.api, PUBLISH_PROBLEMS);
    this.domain = new DomainName(this, 'Domain', {
      domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
      mtls: {
        bucket: Bucket.fromBucketName(this, 'Truststore', truststore.bucketName),
        key: truststore.key,
        ...(truststore.version !== undefined && { version: truststore.version }),
      },
    });
    // The stage's name again, so that the function sees the contract's path.
    this.domain.addBasePathMapping(this.api, { basePath: 'live', stage: this.api.deploymentStage });
    new CfnOutput(this, 'Alias', { value: this.domain.domainNameAliasDomainName });
  }
}
