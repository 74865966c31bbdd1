//! Short ways to describe objects, fields, relationships and actions.

use crate::bindings::exports::weft::integration::source::Description;
use crate::bindings::weft::integration::schema::{
    Action, Aggregate, BoardTemplate, Cardinality, Choice, DerivedField, Effect, Field, FieldType, IdentityKey, Input,
    InputType, Normalizer, ObjectType, Relationship, Reversal,
};

impl Description {
    /// All that an integration offers.
    pub fn new(
        objects: impl IntoIterator<Item = ObjectType>,
        actions: impl IntoIterator<Item = Action>,
        templates: impl IntoIterator<Item = BoardTemplate>,
    ) -> Self {
        Self {
            objects: objects.into_iter().collect(),
            actions: actions.into_iter().collect(),
            templates: templates.into_iter().collect(),
            ext: Vec::new(),
        }
    }
}

impl Field {
    /// A field that stands in a record under its own name.
    pub fn new(name: &str, title: &str, kind: FieldType) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            help: None,
            type_: kind,
            unit: None,
            pointer: format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            format: None,
            choices: Vec::new(),
            sealed: false,
            default: false,
            ext: Vec::new(),
        }
    }

    /// Where the value stands in a record, as an RFC 6901 pointer.
    pub fn at(mut self, pointer: &str) -> Self {
        self.pointer = pointer.into();
        self
    }

    /// What it means.
    pub fn help(mut self, sentence: &str) -> Self {
        self.help = Some(sentence.into());
        self
    }

    /// `USD`, `seats`, `days`, `bytes`, `percent`.
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// The known values of a choice, each with its title.
    pub fn with_choices(mut self, choices: &[(&str, &str)]) -> Self {
        self.choices = choices.iter().map(|(value, title)| Choice::new(value, title)).collect();
        self
    }

    /// Shown when a board on this object is new.
    pub fn shown(mut self) -> Self {
        self.default = true;
        self
    }

    /// Kept sealed by the host, never shown.
    pub fn sealed(mut self) -> Self {
        self.sealed = true;
        self
    }
}

impl Choice {
    /// A value and how people call it.
    pub fn new(value: &str, title: &str) -> Self {
        Self { value: value.into(), title: title.into() }
    }
}

impl ObjectType {
    /// An object, with its name in the singular and the plural.
    pub fn new(name: &str, title: &str, plural: &str) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            plural: plural.into(),
            help: None,
            key: String::new(),
            primary: String::new(),
            label: None,
            fields: Vec::new(),
            derived: Vec::new(),
            relationships: Vec::new(),
            identities: Vec::new(),
            ordered: false,
            link: None,
            ext: Vec::new(),
        }
    }

    /// Its key field, and the field that people know a record by.
    pub fn identified_by(mut self, key: &str, primary: &str) -> Self {
        self.key = key.into();
        self.primary = primary.into();
        self
    }

    /// The field with a shorter name for lists.
    pub fn labelled(mut self, field: &str) -> Self {
        self.label = Some(field.into());
        self
    }

    /// What it is.
    pub fn help(mut self, sentence: &str) -> Self {
        self.help = Some(sentence.into());
        self
    }

    /// Its fields.
    pub fn with_fields(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// Its relationships.
    pub fn with_relationships(mut self, relationships: impl IntoIterator<Item = Relationship>) -> Self {
        self.relationships.extend(relationships);
        self
    }

    /// Facts that the host makes of records at the far end of its relationships.
    pub fn with_derived(mut self, derived: impl IntoIterator<Item = DerivedField>) -> Self {
        self.derived.extend(derived);
        self
    }

    /// The host keeps records that the tool no longer gives, until this timestamp field is older than so many days.
    pub fn archived(mut self, field: &str, days: u32) -> Self {
        self.ext.push(("archive-by".into(), field.into()));
        self.ext.push(("archive-days".into(), days.to_string()));
        self
    }

    /// A field that names the same person or thing in other tools: kind, field, how it is compared.
    pub fn known_elsewhere_by(mut self, kind: &str, field: &str, normalizer: Normalizer) -> Self {
        self.identities.push(IdentityKey { kind: kind.into(), field: field.into(), normalizer });
        self
    }

    /// Pages come in ascending byte order of the key.
    pub fn ordered(mut self) -> Self {
        self.ordered = true;
        self
    }

    /// The address of a record in the tool, with `{base}` and `{field}`.
    pub fn linked(mut self, template: &str) -> Self {
        self.link = Some(template.into());
        self
    }
}

impl Relationship {
    /// An edge along which each record here has at most one record of `object`, whose `remote` field equals `local` here.
    pub fn to_one(name: &str, title: &str, object: &str, local: &str, remote: &str) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            cardinality: Cardinality::ToOne,
            object: object.into(),
            local: local.into(),
            remote: remote.into(),
            normalizer: Normalizer::Exact,
            inverse: None,
            ext: Vec::new(),
        }
    }

    /// How the two keys are compared.
    pub fn compared(mut self, normalizer: Normalizer) -> Self {
        self.normalizer = normalizer;
        self
    }

    /// The name and title of the edge as seen from the other object.
    pub fn seen_back_as(mut self, name: &str, title: &str) -> Self {
        self.inverse = Some((name.into(), title.into()));
        self
    }
}

impl DerivedField {
    /// What is made of the records at the far end of `through`, a relationship or an inverse. Only a count needs no [`Self::of`].
    pub fn new(name: &str, title: &str, through: &str, aggregate: Aggregate) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            help: None,
            through: through.into(),
            aggregate,
            field: None,
            where_: None,
            needs: Vec::new(),
            ext: Vec::new(),
        }
    }

    /// The field of the far records that is aggregated.
    pub fn of(mut self, field: &str) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Only far records that match this filter of the board definition language.
    pub fn only_where(mut self, filter: &serde_json::Value) -> Self {
        self.where_ = Some(filter.to_string());
        self
    }

    /// The objects without which the answer is unknown rather than zero.
    pub fn needing(mut self, objects: &[&str]) -> Self {
        self.needs.extend(objects.iter().map(|&object| object.to_owned()));
        self
    }

    /// What it means.
    pub fn help(mut self, sentence: &str) -> Self {
        self.help = Some(sentence.into());
        self
    }
}

impl BoardTemplate {
    /// A ready-made board; `definition` is JSON in the board definition language.
    pub fn new(name: &str, title: &str, help: &str, definition: &serde_json::Value) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            help: help.into(),
            definition: definition.to_string(),
            ext: Vec::new(),
        }
    }
}

impl Input {
    /// A required input.
    pub fn new(name: &str, title: &str, kind: InputType) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            help: None,
            type_: kind,
            required: true,
            object: None,
            choices: Vec::new(),
            default: None,
            max: None,
            ext: Vec::new(),
        }
    }

    /// A required input that names one record of `object`.
    pub fn reference(name: &str, title: &str, object: &str) -> Self {
        Self { object: Some(object.into()), ..Self::new(name, title, InputType::Reference) }
    }

    /// May be left out.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// What it means.
    pub fn help(mut self, sentence: &str) -> Self {
        self.help = Some(sentence.into());
        self
    }

    /// The values of a choice, each with its title.
    pub fn with_choices(mut self, choices: &[(&str, &str)]) -> Self {
        self.choices = choices.iter().map(|(value, title)| Choice::new(value, title)).collect();
        self
    }

    /// Filled in at first.
    pub fn default_to(mut self, value: &serde_json::Value) -> Self {
        self.default = Some(value.to_string());
        self
    }

    /// The longest text in characters, or the most references.
    pub fn at_most(mut self, max: u32) -> Self {
        self.max = Some(max);
        self
    }
}

impl Action {
    /// An action on records of `object`, one target a call, a change that is idempotent and has no way back unless said so.
    pub fn new(name: &str, title: &str, object: &str) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            help: String::new(),
            object: Some(object.into()),
            inputs: Vec::new(),
            effect: Effect::Change,
            reversal: Reversal::None,
            inverse: None,
            idempotent: true,
            batch: 1,
            touches: vec![object.into()],
            ext: Vec::new(),
        }
    }

    /// An action that makes something and has no target.
    pub fn without_target(name: &str, title: &str) -> Self {
        Self { object: None, touches: Vec::new(), ..Self::new(name, title, "") }
    }

    /// What it does.
    pub fn help(mut self, sentence: &str) -> Self {
        self.help = sentence.into();
        self
    }

    /// What its form asks for.
    pub fn with_inputs(mut self, inputs: impl IntoIterator<Item = Input>) -> Self {
        self.inputs.extend(inputs);
        self
    }

    /// It removes access or data.
    pub fn destructive(mut self) -> Self {
        self.effect = Effect::Destructive;
        self
    }

    /// It can be taken back, and how well.
    pub fn taken_back_by(mut self, inverse: &str, reversal: Reversal) -> Self {
        self.inverse = Some(inverse.into());
        self.reversal = reversal;
        self
    }

    /// Further objects whose records it may change.
    pub fn touching(mut self, objects: &[&str]) -> Self {
        self.touches.extend(objects.iter().map(|&object| object.to_owned()));
        self
    }

    /// How many targets one call may have, 1 to 200.
    pub fn in_batches_of(mut self, targets: u32) -> Self {
        self.batch = targets;
        self
    }
}
