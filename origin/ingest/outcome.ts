import type { Candidate } from '../candidate';
import type { Fault } from '../events/configuration';
import type { Defect } from '../media/defect';
import type { UploadPlace } from '../ports/upload-store';

/** What became of a PUT. http/publish-answers.ts says how each is told. */
export type IngestOutcome =
  | { readonly kind: 'stored'; readonly candidate: Candidate }
  /** The same bytes were there already. */
  | { readonly kind: 'unchanged'; readonly candidate: Candidate }
  /** An init segment is in force (again, when `known`). */
  | {
      readonly kind: 'init-accepted';
      readonly version: number;
      readonly digest: string;
      readonly known: boolean;
    }
  | { readonly kind: 'document-stored'; readonly path: string }
  | { readonly kind: 'ignored'; readonly why: Ignored; readonly defects: readonly Defect[] }
  /** Fatal: recorded without bytes (segments) or not at all (inits), never served. */
  | { readonly kind: 'unusable'; readonly defects: readonly Defect[] }
  | {
      readonly kind: 'digest-mismatch';
      readonly header: string;
      readonly wanted: string;
      readonly got: string;
    }
  /** The pipeline's copy in this region is as good or better, with other bytes. */
  | { readonly kind: 'held'; readonly held: Candidate }
  | { readonly kind: 'foreign-init'; readonly wanted: string; readonly got: string }
  | { readonly kind: 'too-early'; readonly number: number; readonly expectedNumber: number }
  | { readonly kind: 'init-needed' }
  /** Where the bytes of a hand-off go. */
  | { readonly kind: 'place'; readonly place: UploadPlace }
  /** A hand-off is said to be complete, and nothing was uploaded. */
  | { readonly kind: 'not-uploaded'; readonly digest: string }
  /** More than even a hand-off takes. */
  | { readonly kind: 'too-large'; readonly bytesMax: number }
  /** The request cannot be understood, whatever it is about. */
  | { readonly kind: 'unclear'; readonly fault: Fault }
  /** A name or a time that is not on the event's grid. */
  | { readonly kind: 'not-canonical'; readonly wanted: string };

export type Ignored = 'empty' | 'before-initial' | 'after-final' | 'expired';
