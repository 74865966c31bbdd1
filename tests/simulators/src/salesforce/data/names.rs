//! The names, departments and titles people of the org are given, and how a name becomes a mailbox and back.

use std::sync::LazyLock;

const FIRST: [&str; 80] = [
    "Ada", "Aisha", "Alan", "Amara", "Ana", "Anders", "Anika", "Arjun", "Beatriz", "Ben", "Bianca", "Carla", "Carlos",
    "Chen", "Chloe", "Clara", "Dana", "Daniel", "David", "Diego", "Elena", "Elif", "Emil", "Emma", "Erik", "Fatima",
    "Felix", "Fiona", "Frank", "Gabriel", "Grace", "Hana", "Hassan", "Helen", "Hugo", "Ida", "Imran", "Ines", "Isaac",
    "Ivan", "Jack", "Jane", "Jin", "Jonas", "José", "Julia", "Kai", "Karim", "Keiko", "Lars", "Laura", "Lena", "Leo",
    "Lina", "Luca", "Łukasz", "Maria", "Marta", "Mei", "Mia", "Mohamed", "Nadia", "Nina", "Noah", "Olga", "Omar",
    "Paul", "Priya", "Rosa", "Ravi", "Ruth", "Sam", "Sara", "Sofia", "Tariq", "Theo", "Tom", "Vera", "Yuki", "Zoë",
];

const LAST: [&str; 125] = [
    "Abe",
    "Ahmed",
    "Allen",
    "Alvarez",
    "Anderson",
    "Bailey",
    "Baker",
    "Banerjee",
    "Bauer",
    "Becker",
    "Bell",
    "Bennett",
    "Berg",
    "Bianchi",
    "Brown",
    "Carter",
    "Castillo",
    "Chan",
    "Chavez",
    "Clark",
    "Cohen",
    "Collins",
    "Cook",
    "Cooper",
    "Costa",
    "Cruz",
    "Das",
    "Davies",
    "Diaz",
    "Dubois",
    "Duncan",
    "Edwards",
    "Evans",
    "Farah",
    "Fernandes",
    "Fischer",
    "Fleming",
    "Foster",
    "Fox",
    "Fuchs",
    "García",
    "Gibson",
    "Gomez",
    "Gray",
    "Green",
    "Gruber",
    "Gupta",
    "Haas",
    "Hall",
    "Hansen",
    "Harris",
    "Hayashi",
    "Hill",
    "Hoffmann",
    "Hughes",
    "Ito",
    "Ivanova",
    "Jackson",
    "Jansen",
    "Johnson",
    "Jones",
    "Kaya",
    "Keller",
    "Khan",
    "Kim",
    "King",
    "Klein",
    "Koch",
    "Kowalski",
    "Kumar",
    "Lang",
    "Larsen",
    "Lee",
    "Lewis",
    "Lopez",
    "Maier",
    "Martin",
    "Mehta",
    "Meyer",
    "Miller",
    "Moore",
    "Mori",
    "Moretti",
    "Müller",
    "Murphy",
    "Nakamura",
    "Nguyen",
    "Nielsen",
    "Novak",
    "Nuñez",
    "O'Brien",
    "Okafor",
    "Olsen",
    "Owens",
    "Park",
    "Patel",
    "Pereira",
    "Perez",
    "Petrov",
    "Popa",
    "Price",
    "Quinn",
    "Ramos",
    "Reed",
    "Rossi",
    "Roy",
    "Russo",
    "Sato",
    "Schmidt",
    "Scott",
    "Shah",
    "Silva",
    "Singh",
    "Smith",
    "Suzuki",
    "Tanaka",
    "Taylor",
    "Thomas",
    "Vargas",
    "Vogel",
    "Wagner",
    "Walker",
    "Weber",
    "Young",
    "Zhang",
];

/// Departments; role and title follow from them.
pub const DEPARTMENTS: [&str; 8] =
    ["Sales", "Engineering", "Customer Support", "Marketing", "Finance", "Human Resources", "Operations", "Legal"];
/// Regions, used as divisions and in role names.
pub const REGIONS: [&str; 4] = ["EMEA", "Americas", "APAC", "Global"];
/// Titles by department.
pub const TITLES: [[&str; 4]; 8] = [
    ["Account Executive", "Sales Development Representative", "Regional Sales Manager", "Sales Engineer"],
    ["Software Engineer", "Site Reliability Engineer", "Engineering Manager", "QA Engineer"],
    ["Support Agent", "Support Team Lead", "Customer Success Manager", "Technical Support Engineer"],
    ["Marketing Specialist", "Content Strategist", "Campaign Manager", "Product Marketer"],
    ["Financial Analyst", "Accountant", "Controller", "Payroll Specialist"],
    ["Recruiter", "HR Business Partner", "People Operations Specialist", "Learning Manager"],
    ["Operations Analyst", "Logistics Coordinator", "Facilities Manager", "Project Manager"],
    ["Paralegal", "Corporate Counsel", "Compliance Officer", "Contract Manager"],
];

/// Every pair of first and last name.
pub const PAIRS: u32 = (FIRST.len() * LAST.len()) as u32;
/// Coprime to `PAIRS`, so that stepping by it visits every pair once before any repeats.
const STRIDE: u64 = 7_919;

/// A person's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonName {
    first: u32,
    last: u32,
    /// How many people before had the same name.
    repeat: u32,
}

static MAILBOXES: LazyLock<(Vec<String>, Vec<String>)> = LazyLock::new(|| {
    (FIRST.iter().map(|name| mailbox(name)).collect(), LAST.iter().map(|name| mailbox(name)).collect())
});

impl PersonName {
    /// The name of the person at `index`: no two people share name and repeat.
    pub fn of(seed: u64, index: u32) -> PersonName {
        let pair = (u64::from(index % PAIRS) * STRIDE + seed % u64::from(PAIRS)) % u64::from(PAIRS);
        let firsts = FIRST.len() as u64;
        PersonName { first: (pair % firsts) as u32, last: (pair / firsts) as u32, repeat: index / PAIRS }
    }

    /// The first name.
    pub fn first(self) -> &'static str {
        FIRST[self.first as usize]
    }

    /// The last name.
    pub fn last(self) -> &'static str {
        LAST[self.last as usize]
    }

    /// `first.last@acme.example`, with a number from the second person of that name on.
    pub fn address(self) -> String {
        let mut text = self.nickname();
        text.push_str("@acme.example");
        text
    }

    /// The part of the address before the `@`.
    pub fn nickname(self) -> String {
        let mut text = String::with_capacity(40);
        text.push_str(&MAILBOXES.0[self.first as usize]);
        text.push('.');
        text.push_str(&MAILBOXES.1[self.last as usize]);
        if self.repeat > 0 {
            text.push_str(&(self.repeat + 1).to_string());
        }
        text
    }

    /// At most eight characters, as Salesforce makes an alias of a name.
    pub fn alias(self) -> String {
        let mut text = String::with_capacity(8);
        text.push_str(&MAILBOXES.0[self.first as usize][..1]);
        let last = &MAILBOXES.1[self.last as usize];
        text.push_str(&last[..last.len().min(5)]);
        text
    }
}

/// Who has this address: the inverse of `PersonName::address`.
pub fn index_of(seed: u64, address: &str) -> Option<u32> {
    let local = address.to_ascii_lowercase().strip_suffix("@acme.example")?.to_owned();
    let stem = local.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let repeat = match &local[stem.len()..] {
        "" => 0,
        digits => digits.parse::<u32>().ok()?.checked_sub(1).filter(|repeat| *repeat > 0)?,
    };
    let (first, last) = stem.split_once('.')?;
    let first = MAILBOXES.0.iter().position(|name| name == first)?;
    let last = MAILBOXES.1.iter().position(|name| name == last)?;
    let within = (0..PAIRS).find(|&index| {
        let name = PersonName::of(seed, index);
        (name.first as usize, name.last as usize) == (first, last)
    })?;
    repeat.checked_mul(PAIRS)?.checked_add(within)
}

/// The letters of a name as they stand in an address.
fn mailbox(name: &str) -> String {
    let mut out = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'é' | 'ë' => out.push('e'),
            'í' => out.push('i'),
            'ñ' => out.push('n'),
            'ł' => out.push('l'),
            'ü' => out.push_str("ue"),
            letter if letter.is_ascii_alphabetic() => out.push(letter),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_people_share_an_address_and_every_address_leads_back() {
        let mut seen = HashSet::new();
        for index in 0..PAIRS * 2 + 10 {
            assert!(seen.insert(PersonName::of(42, index).address()), "person {index}");
        }
        for index in [0, 1, 9_999, 10_000, 19_999, 123_456, 999_999] {
            assert_eq!(index_of(42, &PersonName::of(42, index).address()), Some(index));
        }
        assert_eq!(index_of(42, "ada.lovelace@acme.example"), None);
        assert_eq!(index_of(42, "ada.abe1@acme.example"), None);
    }
}
