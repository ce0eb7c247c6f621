-- An address says who somebody is, so no two people have one.
CREATE UNIQUE INDEX auth_user_email ON auth_user (email);
