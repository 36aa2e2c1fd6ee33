CREATE TABLE types (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80), INDEX (name)
) ENGINE = InnoDB;
CREATE TABLE owners (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, first_name VARCHAR(30), last_name VARCHAR(30),
  address VARCHAR(255), city VARCHAR(80), telephone VARCHAR(20), INDEX (last_name)
) ENGINE = InnoDB;
CREATE TABLE pets (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(30), birth_date DATE,
  type_id INT UNSIGNED NOT NULL, owner_id INT UNSIGNED NOT NULL, INDEX (name),
  FOREIGN KEY (owner_id) REFERENCES owners (id), FOREIGN KEY (type_id) REFERENCES types (id)
) ENGINE = InnoDB;
CREATE TABLE vets (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, first_name VARCHAR(30), last_name VARCHAR(30),
  INDEX (last_name)
) ENGINE = InnoDB;
CREATE TABLE specialties (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80), INDEX (name)
) ENGINE = InnoDB;
CREATE TABLE vet_specialties (
  vet_id INT UNSIGNED NOT NULL, specialty_id INT UNSIGNED NOT NULL, UNIQUE (vet_id, specialty_id),
  FOREIGN KEY (vet_id) REFERENCES vets (id), FOREIGN KEY (specialty_id) REFERENCES specialties (id)
) ENGINE = InnoDB;
CREATE TABLE visits (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, pet_id INT UNSIGNED NOT NULL, visit_date DATE,
  description VARCHAR(8192), FOREIGN KEY (pet_id) REFERENCES pets (id)
) ENGINE = InnoDB;
INSERT INTO types VALUES (1, 'cat'), (2, 'dog'), (3, 'lizard'), (4, 'snake'), (5, 'bird'), (6, 'hamster');
INSERT INTO owners VALUES
  (1, 'George', 'Franklin', '1 First St.', 'Madison', '6085550101'),
  (2, 'Betty', 'Davis', '2 Second St.', 'Sun Prairie', '6085550102'),
  (3, 'Eduardo', 'Rodriquez', '3 Third St.', 'McFarland', '6085550103'),
  (4, 'Harold', 'Davis', '4 Fourth St.', 'Windsor', '6085550104'),
  (5, 'Jean', 'Coleman', '5 Fifth St.', 'Monona', '6085550105');
INSERT INTO pets VALUES
  (1, 'Leo', '2000-09-07', 1, 1), (2, 'Basil', '2002-08-06', 6, 2), (3, 'Rosy', '2001-04-17', 2, 3),
  (4, 'Jewel', '2000-03-07', 2, 3), (7, 'Samantha', '1995-09-04', 1, 5), (8, 'Max', '1995-09-04', 1, 5);
INSERT INTO vets VALUES (1, 'James', 'Carter'), (2, 'Helen', 'Leary'), (3, 'Linda', 'Douglas');
INSERT INTO specialties VALUES (1, 'radiology'), (2, 'surgery'), (3, 'dentistry');
INSERT INTO vet_specialties VALUES (2, 1), (3, 2), (3, 3);
INSERT INTO visits VALUES
  (1, 7, '2010-03-04', 'rabies shot'), (2, 8, '2011-03-04', 'rabies shot'), (3, 8, '2009-06-04', 'neutered'),
  (4, 7, '2008-09-04', 'spayed');
