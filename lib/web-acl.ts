import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { EDGE_CREDENTIAL_HEADER } from '../lambdas/serve/environment';
import type { OriginApi } from './rest-api';

export interface WebAclProps {
  readonly api: OriginApi;
  readonly name: string;
  readonly rule: Pick<CfnWebACL.RuleProperty, 'name' | 'statement'>;
}

/** AWS WAF before one API: one rule that blocks; whatever else comes passes. */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, { api, name, rule }: WebAclProps) {
    super(scope, id);
    const seen = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      metricName,
      // Sampled requests would show credentials to whoever may look at them.
      sampledRequestsEnabled: false,
    });
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: seen(name),
      rules: [
        { ...rule, priority: 0, action: { block: {} }, visibilityConfig: seen(`${name}-${rule.name}`) },
      ],
    });
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: api.deploymentStage.stageArn,
      webAclArn: acl.attrArn,
    });
  }
}

/** More than so many requests of one address in five minutes. */
export function tooManyOfOneAddress(limit: number): WebAclProps['rule'] {
  return {
    name: 'too-many-of-one-address',
    statement: { rateBasedStatement: { limit, evaluationWindowSec: 300, aggregateKeyType: 'IP' } },
  };
}

/**
 * Requests without an edge credential. Which one is right only the function knows, because no template may hold it; and a
 * limit by address would hit the CDN, whose shield asks from few.
 */
export function withoutEdgeCredential(): WebAclProps['rule'] {
  const shown = {
    sizeConstraintStatement: {
      fieldToMatch: { singleHeader: { Name: EDGE_CREDENTIAL_HEADER } },
      comparisonOperator: 'GT',
      size: 0,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
  return { name: 'without-edge-credential', statement: { notStatement: { statement: shown } } };
}
