import { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyDocument, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnBucketPolicy } from 'aws-cdk-lib/aws-s3express';
import { Construct } from 'constructs';
import { Access } from './access';
import type { CandidateTable } from './candidate-table';
import type { DeploymentConfig, DeploymentNames } from './deployment';
import type { EventTable } from './event-table';
import type { HotBucket } from './hot-bucket';
import type { SegmentBucket } from './segment-bucket';
import { TablePolicy } from './table-policy';

export interface ServeAdmissionProps {
  readonly deployment: DeploymentConfig;
  readonly serveAccount: string;
  readonly names: DeploymentNames;
  readonly candidateTable: CandidateTable;
  readonly bucket: SegmentBucket;
  readonly hotBucket: HotBucket | undefined;
  /** Undefined outside the home region, whose stack makes the replicas of the others before. */
  readonly eventTable: EventTable | undefined;
}

/**
 * Lets serve of another account read what this region stores, by policies of the tables and buckets: each statement of
 * serve's own policy that is about this region once more, for serve's roles by name. As principals they cannot be named:
 * they are made after the policies, and a policy takes none that does not exist.
 */
export class ServeAdmission extends Construct {
  readonly #props: ServeAdmissionProps;

  constructor(scope: Construct, id: string, props: ServeAdmissionProps) {
    super(scope, id);
    this.#props = props;
    const { deployment, names, candidateTable, bucket, hotBucket, eventTable } = props;
    const { region } = Stack.of(this);
    const access = new Access(names, [region]);
    // Serve of every region asks every region for candidates and bytes, and its own one for events.
    candidateTable.addToResourcePolicy(this.#admitted(access.readCandidates(), deployment.regions));
    for (const statement of access.readBytes())
      bucket.addToResourcePolicy(this.#admitted(statement, deployment.regions));
    const events = this.#admitted(access.readEvents(region), [region]);
    const policy = new TablePolicy(this, 'Events', {
      tableArn: names.tableArn(region, names.eventTable),
      statements: [events],
    });
    if (eventTable !== undefined) policy.node.addDependency(eventTable);
    const zone = deployment.hotZones?.[region];
    if (hotBucket === undefined || zone === undefined) return;
    const hot = this.#admitted(access.useHotBucket(region, zone, 'ReadOnly'), [region]);
    new CfnBucketPolicy(this, 'Hot', {
      bucket: hotBucket.ref,
      policyDocument: new PolicyDocument({ statements: [hot] }),
    });
  }

  /** @param regions whose serve it is for */
  #admitted(statement: PolicyStatement, regions: readonly string[]): PolicyStatement {
    const { names, serveAccount } = this.#props;
    const roles = regions.map((region) => names.serveRoleArn(region, serveAccount));
    return statement.copy({
      principals: [new AccountPrincipal(serveAccount)],
      conditions: {
        ...(statement.conditions as Record<string, unknown>),
        ArnEquals: { 'aws:PrincipalArn': roles },
      },
    });
  }
}
