#[test] fn x() { albatross_e2e::Page::open("").screenshot("x"); }
