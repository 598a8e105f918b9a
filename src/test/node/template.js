import { parse, parseDocument } from 'yaml';

const FUNCTIONS = [
  'Base64', 'Cidr', 'Equals', 'And', 'Or', 'Not', 'If', 'FindInMap', 'GetAtt', 'GetAZs', 'ImportValue', 'Join',
  'Select', 'Split', 'Sub', 'Transform', 'Ref', 'Condition',
];

const longName = (name) => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

const TAGS = FUNCTIONS.flatMap((name) => [
  { tag: `!${name}`, resolve: (value) => ({ [longName(name)]: value }) },
  { tag: `!${name}`, collection: 'seq', resolve: (value) => ({ [longName(name)]: value.toJSON() }) },
  { tag: `!${name}`, collection: 'map', resolve: (value) => ({ [longName(name)]: value.toJSON() }) },
]);

/** A template's content, its short intrinsic functions (`!Ref x`) in their long form (`{Ref: x}`). */
export function parseTemplate(text) {
  const document = parseDocument(text, { customTags: TAGS, uniqueKeys: true });
  if (document.errors.length + document.warnings.length > 0) {
    throw new Error([...document.errors, ...document.warnings].join('\n'));
  }
  return document.toJS();
}

/** Whether a value is only known when the template is deployed. */
export function isIntrinsic(value) {
  const keys = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : [];
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0] === 'Condition' || keys[0].startsWith('Fn::'));
}

/**
 * A state machine's definition as it may be after deployment: parameters have their defaults, and each resource is a
 * function. CloudFormation substitutes in the text of the file, and reads it then.
 */
export function parseDefinition(template, { DefinitionSubstitutions }, text) {
  const value = ({ Ref: name }) => template.Parameters[name]?.Default ??
    (name === 'AWS::Partition' ? 'aws' : 'arn:aws:lambda:us-east-1:123456789012:function:any');
  return parse(text.replace(/\$\{([^}]+)}/g, (_, name) => value(DefinitionSubstitutions[name])));
}
